package dev.selfpruner.infra;

/**
 * Text that was written elsewhere - by an LLM, its endpoint, a store - as it may go to a terminal:
 * control characters could move the cursor, hide lines, or set the window's title.
 */
public final class Printable {
  private static final char REPLACEMENT = '\uFFFD';

  private Printable() {}

  /** Several lines: tabs and ends of lines stay. */
  public static String text(String written) {
    StringBuilder printable = new StringBuilder(written);
    for (int i = 0; i < written.length(); i++) {
      if (!isHarmless(written, i)) {
        printable.setCharAt(i, REPLACEMENT);
      }
    }
    return printable.toString();
  }

  /** A part of a line: tabs stay. */
  public static String line(String written) {
    return text(written).replace('\r', REPLACEMENT).replace('\n', REPLACEMENT);
  }

  private static boolean isHarmless(String written, int index) {
    char character = written.charAt(index);
    return switch (character) {
      case '\n', '\t' -> true;
      case '\r' -> written.startsWith("\n", index + 1); // as Windows ends lines
      default -> !Character.isISOControl(character);
    };
  }
}
