package dev.selfpruner.llm.answer;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/**
 * What became of a list in an answer.
 *
 * @param values as the answer had them; empty where they could not be read
 * @param repaired the rates on the budget; empty where nothing could be repaired
 * @param repairDistance mean over the layers of how far the repair moved a rate; 0 without repair
 * @param verdict {@link #USED}, or why the list was not used
 */
public record JudgedList(
    List<Double> values, List<Double> repaired, double repairDistance, String verdict) {
  /** The verdict on a list that became a candidate. */
  public static final String USED = "used";

  /** The verdict on a list that came after all that were asked for. */
  static final String NOT_NEEDED = "not needed";

  public JudgedList {
    values = List.copyOf(values);
    repaired = List.copyOf(repaired);
  }

  static JudgedList unusable(List<Double> values, String reason) {
    return new JudgedList(values, List.of(), 0.0, reason);
  }

  /** Whether it became a candidate. */
  @JsonIgnore
  public boolean isUsed() {
    return verdict.equals(USED);
  }

  /** Whether the LLM should hear of it. */
  boolean isProblem() {
    return !isUsed() && !verdict.equals(NOT_NEEDED);
  }
}
