package dev.selfpruner.activities.search;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.List;
import java.util.Optional;

/**
 * The outcome of an iteration, small enough for a workflow's history.
 *
 * @param iteration the iteration that is finished; 0 is the first population
 * @param population artifact: a {@link Population} as JSON
 * @param survivors the population's fitness, best first
 * @param evaluated candidates evaluated since the search began
 * @param alreadyKnown how many of them were found in the store
 * @param fallbacks how many of them the built-in operator made in an LLM's place
 * @param improved the pruned models of the latest improved bests, where the search keeps them;
 *     those before are in the records of earlier iterations
 * @param spending on the LLM since the search began; null means nothing
 * @param exhausted why the search has to end with this iteration, whose offspring are not complete;
 *     empty (or null) where it goes on
 * @param tokens that went through pruned models since the search began ({@link Fitness#tokens});
 *     null means 0
 * @param credits of the operators; null means that nobody counts
 * @param unchanged iterations since a new candidate became the best; null means 0
 * @param seconds since the search began, while a workflow of it was open; null means 0
 * @param measuredOn windows that the survivors' fitness is of, drawn or not: one, or none where it
 *     wasn't written down; null means none
 */
public record PopulationSnapshot(
    int iteration,
    ArtifactRef population,
    List<Fitness> survivors,
    int evaluated,
    int alreadyKnown,
    int fallbacks,
    List<PrunedModel> improved,
    Spending spending,
    String exhausted,
    Long tokens,
    List<Credit> credits,
    Integer unchanged,
    Long seconds,
    List<TextWindows> measuredOn) {
  public PopulationSnapshot {
    survivors = List.copyOf(survivors);
    improved = List.copyOf(improved);
    spending = Optional.ofNullable(spending).orElse(Spending.NOTHING);
    exhausted = Optional.ofNullable(exhausted).orElse("");
    tokens = Optional.ofNullable(tokens).orElse(0L);
    credits = List.copyOf(Optional.ofNullable(credits).orElse(List.of()));
    unchanged = Optional.ofNullable(unchanged).orElse(0);
    seconds = Optional.ofNullable(seconds).orElse(0L);
    measuredOn = List.copyOf(Optional.ofNullable(measuredOn).orElse(List.of()));
    if (survivors.isEmpty()) {
      throw new IllegalArgumentException("a population has survivors");
    }
  }

  /** Of a search as published, where nobody counts tokens or time. */
  public PopulationSnapshot(
      int iteration,
      ArtifactRef population,
      List<Fitness> survivors,
      int evaluated,
      int alreadyKnown,
      int fallbacks,
      List<PrunedModel> improved,
      Spending spending,
      String exhausted) {
    this(
        iteration,
        population,
        survivors,
        evaluated,
        alreadyKnown,
        fallbacks,
        improved,
        spending,
        exhausted,
        0L,
        List.of(),
        0,
        0L,
        List.of());
  }

  /** Whether the search has to end here for want of tokens or money. */
  @JsonIgnore
  public boolean isExhausted() {
    return !exhausted.isEmpty();
  }

  public Fitness best() {
    return survivors.get(0);
  }
}
