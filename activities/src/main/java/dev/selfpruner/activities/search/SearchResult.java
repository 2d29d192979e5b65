package dev.selfpruner.activities.search;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.List;
import java.util.Optional;

/**
 * The outcome of a search run.
 *
 * @param searchKey names the search run
 * @param dense the model as it was, on the test text
 * @param uniform the same share removed from every layer, on the test text
 * @param searched the best candidate, on the test text
 * @param bestId the best candidate's id in the last population
 * @param fitness the best candidate's perplexity on the search text
 * @param population artifact: the last {@link Population} as JSON
 * @param model the pruned model in the store
 * @param improved the pruned models of the latest improved bests, where the search was asked to
 *     keep them; those before are in the records of earlier iterations
 * @param evaluations evaluations that the search asked for
 * @param alreadyKnown how many of them were found in the store
 * @param fallbacks candidates that the built-in operator made in an LLM's place
 * @param spending on the LLM; null means nothing
 * @param limits on it; null means none
 * @param exhausted why the search ended before its last iteration; empty (or null) where it did not
 * @param fitted the best candidate after the final fit, as it is stored, on the test text: none
 *     where there was no fit, else one; null means none
 * @param tokens that went through pruned models ({@link Fitness#tokens}); null means 0
 * @param credits of the operators; null means that nobody counted
 * @param latency times of the models, where the budget is of time: one, else none; null means none
 * @param notes what people are to know of how it came about; null means none
 */
public record SearchResult(
    String searchKey,
    Measurement dense,
    Measurement uniform,
    Measurement searched,
    String bestId,
    double fitness,
    ArtifactRef population,
    PrunedModel model,
    List<PrunedModel> improved,
    int evaluations,
    int alreadyKnown,
    int fallbacks,
    Spending spending,
    LlmLimits limits,
    String exhausted,
    List<Measurement> fitted,
    Long tokens,
    List<Credit> credits,
    List<LatencyFigures> latency,
    List<String> notes) {
  public SearchResult {
    improved = List.copyOf(improved);
    spending = Optional.ofNullable(spending).orElse(Spending.NOTHING);
    limits = Optional.ofNullable(limits).orElse(LlmLimits.NONE);
    exhausted = Optional.ofNullable(exhausted).orElse("");
    fitted = List.copyOf(Optional.ofNullable(fitted).orElse(List.of()));
    tokens = Optional.ofNullable(tokens).orElse(0L);
    credits = List.copyOf(Optional.ofNullable(credits).orElse(List.of()));
    latency = List.copyOf(Optional.ofNullable(latency).orElse(List.of()));
    notes = List.copyOf(Optional.ofNullable(notes).orElse(List.of()));
  }

  /** Of which there is nothing else to be said. */
  public SearchResult(
      String searchKey,
      Measurement dense,
      Measurement uniform,
      Measurement searched,
      String bestId,
      double fitness,
      ArtifactRef population,
      PrunedModel model,
      List<PrunedModel> improved,
      int evaluations,
      int alreadyKnown,
      int fallbacks,
      Spending spending,
      LlmLimits limits,
      String exhausted,
      List<Measurement> fitted,
      Long tokens,
      List<Credit> credits,
      List<LatencyFigures> latency) {
    this(
        searchKey,
        dense,
        uniform,
        searched,
        bestId,
        fitness,
        population,
        model,
        improved,
        evaluations,
        alreadyKnown,
        fallbacks,
        spending,
        limits,
        exhausted,
        fitted,
        tokens,
        credits,
        latency,
        List.of());
  }

  /** Of a search as published: nothing is fitted, and nobody counts tokens. */
  public SearchResult(
      String searchKey,
      Measurement dense,
      Measurement uniform,
      Measurement searched,
      String bestId,
      double fitness,
      ArtifactRef population,
      PrunedModel model,
      List<PrunedModel> improved,
      int evaluations,
      int alreadyKnown,
      int fallbacks,
      Spending spending,
      LlmLimits limits,
      String exhausted) {
    this(
        searchKey,
        dense,
        uniform,
        searched,
        bestId,
        fitness,
        population,
        model,
        improved,
        evaluations,
        alreadyKnown,
        fallbacks,
        spending,
        limits,
        exhausted,
        List.of(),
        0L,
        List.of(),
        List.of());
  }

  /** Whether the search ended before its last iteration, for want of tokens or money. */
  @JsonIgnore
  public boolean isExhausted() {
    return !exhausted.isEmpty();
  }
}
