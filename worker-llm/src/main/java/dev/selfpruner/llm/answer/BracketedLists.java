package dev.selfpruner.llm.answer;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Lists of numbers in square brackets, whatever stands around them. */
final class BracketedLists {
  /** More than any model has layers: what lies beyond is a model that repeats itself. */
  private static final int MOST_NUMBERS = 2_000;

  private static final Pattern SEPARATORS = Pattern.compile("[\\s,;]+");

  private BracketedLists() {}

  /** The first lists of a text; a last one that was cut off is a broken list. */
  static List<AnswerList> find(String text, int most) {
    List<AnswerList> lists = new ArrayList<>();
    int opened = -1;
    for (int i = 0; i < text.length() && lists.size() < most; i++) {
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
    return lists;
  }

  private static void add(String content, List<AnswerList> lists) {
    List<String> tokens = tokens(content);
    if (!looksLikeNumbers(tokens)) {
      return; // prose in brackets, a link, a footnote
    }
    List<Double> values = new ArrayList<>();
    for (String token : tokens) {
      if (!PlainNumber.is(token)) {
        lists.add(
            new AnswerList.Broken("a list had something other than plain numbers between commas"));
        return;
      }
      values.add(PlainNumber.value(token));
    }
    lists.add(new AnswerList.Numbers(values));
  }

  private static List<String> tokens(String content) {
    return SEPARATORS
        .splitAsStream(content)
        .filter(token -> !token.isEmpty())
        .limit(MOST_NUMBERS)
        .toList();
  }

  private static boolean looksLikeNumbers(List<String> tokens) {
    return tokens.stream().filter(PlainNumber::is).count() > 1;
  }
}
