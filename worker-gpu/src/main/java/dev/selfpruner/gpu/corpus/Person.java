package dev.selfpruner.gpu.corpus;

import java.util.Locale;

/** A character of a story; a name's ending tells which pronouns go with it. */
record Person(String name) {
  private boolean female() {
    return name.endsWith("a");
  }

  /** Subject: she, he. */
  String they() {
    return female() ? "she" : "he";
  }

  /** Object: her, him. */
  String them() {
    return female() ? "her" : "him";
  }

  /** Possessive: her, his. */
  String their() {
    return female() ? "her" : "his";
  }

  /** Subject at the start of a sentence. */
  String upperThey() {
    return upper(they());
  }

  static String upper(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }
}
