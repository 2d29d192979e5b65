package dev.selfpruner.llm.answer;

import java.util.List;

/**
 * Finds lists of numbers in an answer: in square brackets with prose around them, numbered, in
 * fenced blocks, nested in another list, over several lines; or as objects with a key a layer. What
 * a model thought aloud is left out.
 */
public final class AnswerParser {
  /** Nobody asks for this many lists; what lies beyond them is a model that repeats itself. */
  private static final int MOST_LISTS = 1_000;

  private static final String THINKING_BEGINS = "<think>";
  private static final String THINKING_ENDS = "</think>";

  private AnswerParser() {}

  /**
   * The lists of an answer in their order; a last one that was cut off is a broken list. Never
   * fails, whatever the answer.
   *
   * @param layers of the model: which keys an object has to have; the length of a list is not
   *     checked
   */
  public static List<AnswerList> parse(String answer, int layers) {
    String text = withoutThinking(answer);
    List<AnswerList> objects = LayerObjects.find(text, layers, MOST_LISTS);
    if (hasNumbers(objects)) {
      return List.copyOf(objects);
    }
    List<AnswerList> lists = BracketedLists.find(text, MOST_LISTS);
    return List.copyOf(hasNumbers(lists) || objects.isEmpty() ? lists : objects);
  }

  private static boolean hasNumbers(List<AnswerList> lists) {
    return lists.stream().anyMatch(AnswerList.Numbers.class::isInstance);
  }

  /** Some servers hand over only the end of a thinking block; a block without an end is all cut. */
  private static String withoutThinking(String answer) {
    int end = answer.lastIndexOf(THINKING_ENDS);
    String spoken = end < 0 ? answer : answer.substring(end + THINKING_ENDS.length());
    int unfinished = spoken.indexOf(THINKING_BEGINS);
    return unfinished < 0 ? spoken : spoken.substring(0, unfinished);
  }
}
