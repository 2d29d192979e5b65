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
 * @param space what candidates differ in; null means {@link SearchSpace#LAYERS}
 * @param probing how finely blocks are probed: none where they aren't, else one; null means none
 * @param probes artifacts of what was measured ({@link Probes}): of the dense model's blocks for
 *     all operators but {@link Operator#DESCEND}, then of the best individual's; null means none
 * @param latency what plans are to meet in place of the sparsity: none where they aren't, else one;
 *     null means none
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
    List<ArtifactRef> population,
    SearchSpace space,
    List<Probing> probing,
    List<ArtifactRef> probes,
    List<LatencyGoal> latency) {
  public ProposalRequest {
    population = List.copyOf(population);
    text = Optional.ofNullable(text).orElse("");
    space = Optional.ofNullable(space).orElse(SearchSpace.LAYERS);
    probing = List.copyOf(Optional.ofNullable(probing).orElse(List.of()));
    probes = List.copyOf(Optional.ofNullable(probes).orElse(List.of()));
    latency = List.copyOf(Optional.ofNullable(latency).orElse(List.of()));
    limits = Optional.ofNullable(limits).orElse(LlmLimits.NONE);
    spent = Optional.ofNullable(spent).orElse(Spending.NOTHING);
    if (widthMultiple == null) {
      widthMultiple = 1; // what requests made before there were others mean
    }
    if (!fits(operator, population.size())) {
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

  /** The same, on a budget of time if there is one. */
  public ProposalRequest withLatency(List<LatencyGoal> goals) {
    return new ProposalRequest(
        searchKey,
        iteration,
        operator,
        count,
        seed,
        sparsity,
        widthMultiple,
        generator,
        limits,
        spent,
        model,
        text,
        calibration,
        population,
        space,
        probing,
        probes,
        goals);
  }

  /** As published: one rate a layer, and nothing probed. */
  public ProposalRequest(
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
    this(
        searchKey,
        iteration,
        operator,
        count,
        seed,
        sparsity,
        widthMultiple,
        generator,
        limits,
        spent,
        model,
        text,
        calibration,
        population,
        SearchSpace.LAYERS,
        List.of(),
        List.of(),
        List.of());
  }

  /** Probes are of the dense model before there is a population, and of its best after. */
  private static boolean fits(Operator operator, int populations) {
    return switch (operator) {
      case BASELINE, INITIALISE -> populations == 0;
      case MUTATE, CROSS_OVER, LEVEL_SWITCH, DESCEND -> populations == 1;
      case PROBE, INJECT -> populations <= 1;
    };
  }
}
