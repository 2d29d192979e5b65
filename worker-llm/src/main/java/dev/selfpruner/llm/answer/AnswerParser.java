package dev.selfpruner.llm.answer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds lists of numbers in an answer: with prose around them, numbered, in fenced blocks, nested
 * in another list, over several lines. What a model thought aloud is left out.
 */
public final class AnswerParser {
  /** Nobody asks for this many lists; what lies beyond them is a model that repeats itself. */
  private static final int MOST_LISTS = 1_000;

  private static final String THINKING_BEGINS = "<think>";
  private static final String THINKING_ENDS = "</think>";
  private static final Pattern SEPARATORS = Pattern.compile("[\\s,;]+");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(?:\\d{1,40}(?:\\.\\d{0,400})?|\\.\\d{1,400})(?:[eE][+-]?\\d{1,9})?");
  private static final Set<String> NOT_FINITE = Set.of("nan", "inf", "infinity");

  private AnswerParser() {}

  /** The lists of an answer in their order; a last one that was cut off is a broken list. */
  public static List<AnswerList> parse(String answer) {
    String text = withoutThinking(answer);
    List<AnswerList> lists = new ArrayList<>();
    int opened = -1;
    for (int i = 0; i < text.length() && lists.size() < MOST_LISTS; i++) {
      char character = text.charAt(i);
      if (character == '[') {
        opened = i; // an outer list is only a frame around the inner ones
      } else if (character == ']' && opened >= 0) {
        add(text.substring(opened + 1, i), lists);
        opened = -1;
      }
    }
    if (opened >= 0 && looksLikeNumbers(tokens(text.substring(opened + 1)))) {
      lists.add(new AnswerList.Broken("the last list was cut off before its closing bracket"));
    }
    return List.copyOf(lists);
  }

  /** Some servers hand over only the end of a thinking block; a block without an end is all cut. */
  private static String withoutThinking(String answer) {
    int end = answer.lastIndexOf(THINKING_ENDS);
    String spoken = end < 0 ? answer : answer.substring(end + THINKING_ENDS.length());
    int unfinished = spoken.indexOf(THINKING_BEGINS);
    return unfinished < 0 ? spoken : spoken.substring(0, unfinished);
  }

  private static void add(String content, List<AnswerList> lists) {
    List<String> tokens = tokens(content);
    if (!looksLikeNumbers(tokens)) {
      return; // prose in brackets, a link, a footnote
    }
    List<Double> values = new ArrayList<>();
    for (String token : tokens) {
      if (!isNumber(token)) {
        lists.add(
            new AnswerList.Broken("a list had something other than plain numbers between commas"));
        return;
      }
      values.add(value(token));
    }
    lists.add(new AnswerList.Numbers(values));
  }

  private static List<String> tokens(String content) {
    return SEPARATORS.splitAsStream(content).filter(token -> !token.isEmpty()).toList();
  }

  private static boolean looksLikeNumbers(List<String> tokens) {
    return tokens.stream().filter(AnswerParser::isNumber).count() > 1;
  }

  private static boolean isNumber(String token) {
    return NUMBER.matcher(token).matches() || NOT_FINITE.contains(unsigned(token));
  }

  private static double value(String token) {
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
