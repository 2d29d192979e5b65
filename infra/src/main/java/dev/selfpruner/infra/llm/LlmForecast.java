package dev.selfpruner.infra.llm;

import dev.selfpruner.activities.search.Spending;
import java.util.List;

/**
 * What a search is going to ask of an LLM, if every answer can be used.
 *
 * @param model that is asked
 * @param spending of the whole search, about: questions, tokens, and money where a price is known
 * @param listTokens tokens of one list of rates, about
 * @param fits whether the longest answer that is asked for holds a list
 * @param ending where the search is going to end for want of tokens or money; none where it isn't
 */
public record LlmForecast(
    String model, Spending spending, int listTokens, boolean fits, List<Ending> ending) {
  public LlmForecast {
    ending = List.copyOf(ending);
  }

  /**
   * The question that limits forbid.
   *
   * @param reason the limit
   * @param iteration that would ask it
   * @param evaluations of the candidates that are there by then
   */
  public record Ending(String reason, int iteration, int evaluations) {}
}
