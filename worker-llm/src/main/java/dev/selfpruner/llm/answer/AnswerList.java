package dev.selfpruner.llm.answer;

import java.util.List;

/** One list that was found in an answer, whatever its form. */
public sealed interface AnswerList {

  /**
   * A list of numbers, any numbers: length and range are not checked, NaN and infinity are kept.
   */
  record Numbers(List<Double> values) implements AnswerList {
    public Numbers {
      values = List.copyOf(values);
    }
  }

  /**
   * A list that can't be read as numbers.
   *
   * @param reason in words of ours that can be sent back
   */
  record Broken(String reason) implements AnswerList {}
}
