package dev.selfpruner.activities;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Secrets that this process has read from a file or was given by a cloud: whoever reads one tells
 * it, and whoever writes logs and errors keeps it out of them.
 */
public final class LoadedSecrets {
  /** A shorter one is a word like others. */
  private static final int SHORTEST = 8;

  /** A machine's role gets others every few hours; a failure that repeats an old one is rare. */
  private static final int MOST = 100;

  private static final Set<String> VALUES = new LinkedHashSet<>();

  private LoadedSecrets() {}

  /** From now on {@code secret} is one; of very many, the earliest is forgotten. */
  public static void add(String secret) {
    String value = secret.strip();
    synchronized (VALUES) {
      if (value.length() >= SHORTEST && VALUES.add(value) && VALUES.size() > MOST) {
        VALUES.remove(VALUES.iterator().next());
      }
    }
  }

  /** All that were told. */
  public static List<String> all() {
    synchronized (VALUES) {
      return List.copyOf(VALUES);
    }
  }
}
