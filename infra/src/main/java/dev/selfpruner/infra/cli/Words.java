package dev.selfpruner.infra.cli;

import java.util.ArrayList;
import java.util.List;

/** Splits what is one argument into several, as a shell would: at blanks outside of quotes. */
final class Words {
  private Words() {}

  /**
   * Single and double quotes hold blanks together and go; nothing else has a meaning.
   *
   * @throws IllegalArgumentException if a quote has no end
   */
  static List<String> of(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean within = false;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        within = true; // '' is a word too
      } else if (!Character.isWhitespace(c)) {
        word.append(c);
        within = true;
      } else if (within) {
        words.add(word.toString());
        word.setLength(0);
        within = false;
      }
    }
    if (quote != 0) {
      throw new IllegalArgumentException("a quote (%c) has no end: %s".formatted(quote, line));
    }
    if (within) {
      words.add(word.toString());
    }
    return words;
  }
}
