package dev.selfpruner.llm;

import dev.selfpruner.llm.answer.JudgedList;
import dev.selfpruner.llm.chat.Answer;
import java.util.List;

/**
 * A question to an LLM, its answer, and what was made of it: kept for people, and so that a retried
 * proposal doesn't ask the same again.
 *
 * @param model the endpoint's name for the model that was asked
 * @param promptSha256 digest of the prompt
 * @param prompt what was asked
 * @param answer what came back, as it came
 * @param lists the lists found in the answer, with what became of each
 */
public record Exchange(
    String model, String promptSha256, String prompt, Answer answer, List<JudgedList> lists) {
  public Exchange {
    lists = List.copyOf(lists);
  }
}
