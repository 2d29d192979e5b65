package dev.selfpruner.activities;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Secrets that this process has read from a file or was given by a cloud: whoever reads one tells
 * it, and whoever writes logs and errors keeps it out of them.
 */
public final class LoadedSecrets {
  /** A shorter one is a word like others. */
  private static final int SHORTEST = 8;

  /** A machine's role gets others every few hours; a failure that repeats an old one is rare. */
  private static final int MOST_PASSING = 100;

  private static final Set<String> LASTING = new LinkedHashSet<>();
  private static final Set<String> PASSING = new LinkedHashSet<>();

  private LoadedSecrets() {}

  /** From now on {@code secret} is one, for as long as this process runs. */
  public static synchronized void add(String secret) {
    String value = secret.strip();
    if (value.length() >= SHORTEST) {
      LASTING.add(value);
    }
  }

  /**
   * The same of one that others will replace: of very many of these, the one that was told longest
   * ago is forgotten.
   */
  static synchronized void addPassing(String secret) {
    String value = secret.strip();
    if (value.length() < SHORTEST) {
      return;
    }
    PASSING.remove(value); // told again, it is the latest
    PASSING.add(value);
    if (PASSING.size() > MOST_PASSING) {
      PASSING.remove(PASSING.iterator().next());
    }
  }

  /** All that are known. */
  public static synchronized List<String> all() {
    return Stream.concat(LASTING.stream(), PASSING.stream()).distinct().toList();
  }
}
