package dev.selfpruner.llm.answer;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Numbers as people and models write them, of a length that is read in no time. */
final class PlainNumber {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(?:\\d{1,40}(?:\\.\\d{0,400})?|\\.\\d{1,400})(?:[eE][+-]?\\d{1,9})?");
  private static final Set<String> NOT_FINITE = Set.of("nan", "inf", "infinity");

  private PlainNumber() {}

  static boolean is(String token) {
    return NUMBER.matcher(token).matches() || NOT_FINITE.contains(unsigned(token));
  }

  /** The value of a token that {@link #is} a number; NaN and infinity are kept. */
  static double value(String token) {
    if (!NOT_FINITE.contains(unsigned(token))) {
      return Double.parseDouble(token);
    }
    if (unsigned(token).equals("nan")) {
      return Double.NaN;
    }
    return token.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }

  private static String unsigned(String token) {
    boolean signed = token.startsWith("-") || token.startsWith("+");
    return token.substring(signed ? 1 : 0).toLowerCase(Locale.ROOT);
  }
}
