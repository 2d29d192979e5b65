package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.List;
import java.util.Optional;

/**
 * Asks for new candidates on the budget.
 *
 * @param searchKey names the search run; with iteration and operator it names the proposal, which
 *     is made once and found again
 * @param iteration the iteration that asks; 0 is the first population
 * @param operator what is to be done
 * @param count candidates wanted
 * @param seed of the search; the proposal's randomness follows from it, the iteration and the
 *     operator
 * @param sparsity share of the block parameters to remove
 * @param widthMultiple what the neurons that a layer keeps are a multiple of ({@link
 *     dev.selfpruner.activities.plan.Budget})
 * @param generator who answers
 * @param limits on what may be asked of an LLM; null means none
 * @param spent what the search has spent so far; null means nothing
 * @param model name of the model, for a prompt
 * @param text name of the text that candidates are compared on, for a prompt; null means that it
 *     isn't told
 * @param calibration of the model
 * @param population artifacts of the population to vary ({@link Population}); none at the start,
 *     then one
 */
public record ProposalRequest(
    String searchKey,
    int iteration,
    Operator operator,
    int count,
    long seed,
    double sparsity,
    Integer widthMultiple,
    Generator generator,
    LlmLimits limits,
    Spending spent,
    String model,
    String text,
    Calibration calibration,
    List<ArtifactRef> population) {
  public ProposalRequest {
    population = List.copyOf(population);
    text = Optional.ofNullable(text).orElse("");
    limits = Optional.ofNullable(limits).orElse(LlmLimits.NONE);
    spent = Optional.ofNullable(spent).orElse(Spending.NOTHING);
    if (widthMultiple == null) {
      widthMultiple = 1; // what requests made before there were others mean
    }
    if (population.size()
        != (operator == Operator.MUTATE || operator == Operator.CROSS_OVER ? 1 : 0)) {
      throw new IllegalArgumentException(operator + " with " + population.size() + " populations");
    }
    if (widthMultiple < 1) {
      throw new IllegalArgumentException(
          "widths are multiples of at least 1, not " + widthMultiple);
    }
    if (iteration < 0 || count < 1) {
      throw new IllegalArgumentException(
          "not a proposal: %d candidates in iteration %d".formatted(count, iteration));
    }
  }
}
