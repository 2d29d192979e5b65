package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.Digests;
import java.util.regex.Pattern;

/**
 * What an index entry is found by.
 *
 * @param kind a plain word that groups entries ({@code evaluation}, {@code population}, ...)
 * @param key everything that the entry's content depends on, in a canonical form
 */
public record IndexKey(String kind, String key) {
  private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9-]{0,63}");

  public IndexKey {
    if (!KIND.matcher(kind).matches()) {
      throw new IllegalArgumentException("not a kind of index entry: " + kind);
    }
    if (key.isEmpty()) {
      throw new IllegalArgumentException("an index key is not empty");
    }
  }

  /** Digest of the key: the entry's name in the store. */
  public String digest() {
    return Digests.sha256(key);
  }
}
