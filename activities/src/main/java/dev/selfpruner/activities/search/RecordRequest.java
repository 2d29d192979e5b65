package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;
import java.util.List;
import java.util.Optional;

/**
 * Asks for an iteration's outcome to be stored.
 *
 * @param searchKey names the search run
 * @param iteration the iteration that is finished
 * @param survivors the best of parents and offspring, best first
 * @param sources artifacts that hold the survivors: a {@link Population} (the parents) or {@link
 *     CandidateSet}s (the offspring)
 * @param parents artifact of the population before this iteration; none at the start, then one
 * @param evaluated candidates evaluated since the search began
 * @param alreadyKnown how many of them were found in the store
 * @param fallbacks how many of them the built-in operator made in an LLM's place
 * @param improved the pruned models of the latest improved bests, where the search keeps them
 * @param offspring fitness of all that this iteration evaluated; null means that it isn't kept
 * @param spending on the LLM since the search began; null means nothing
 * @param exhausted why the search has to end with this iteration, whose offspring are not complete:
 *     then it is not recorded as finished; empty (or null) where it goes on
 * @param tokens that went through pruned models since the search began ({@link Fitness#tokens});
 *     null means 0
 * @param credits of the operators; null means that nobody counts
 * @param unchanged iterations since a new candidate became the best; null means 0
 * @param seconds since the search began, while a workflow of it was open; null means 0
 * @param measuredOn windows that the survivors' fitness is of, drawn or not: one, or none where it
 *     wasn't written down; null means none
 */
public record RecordRequest(
    String searchKey,
    int iteration,
    List<Fitness> survivors,
    List<ArtifactRef> sources,
    List<ArtifactRef> parents,
    int evaluated,
    int alreadyKnown,
    int fallbacks,
    List<PrunedModel> improved,
    List<Fitness> offspring,
    Spending spending,
    String exhausted,
    Long tokens,
    List<Credit> credits,
    Integer unchanged,
    Long seconds,
    List<TextWindows> measuredOn) {
  public RecordRequest {
    survivors = List.copyOf(survivors);
    improved = List.copyOf(improved);
    offspring = List.copyOf(Optional.ofNullable(offspring).orElse(List.of()));
    spending = Optional.ofNullable(spending).orElse(Spending.NOTHING);
    exhausted = Optional.ofNullable(exhausted).orElse("");
    tokens = Optional.ofNullable(tokens).orElse(0L);
    credits = List.copyOf(Optional.ofNullable(credits).orElse(List.of()));
    unchanged = Optional.ofNullable(unchanged).orElse(0);
    seconds = Optional.ofNullable(seconds).orElse(0L);
    measuredOn = List.copyOf(Optional.ofNullable(measuredOn).orElse(List.of()));
    sources = List.copyOf(sources);
    parents = List.copyOf(parents);
  }

  /** Of a search as published, where nobody counts tokens or time. */
  public RecordRequest(
      String searchKey,
      int iteration,
      List<Fitness> survivors,
      List<ArtifactRef> sources,
      List<ArtifactRef> parents,
      int evaluated,
      int alreadyKnown,
      int fallbacks,
      List<PrunedModel> improved,
      List<Fitness> offspring,
      Spending spending,
      String exhausted) {
    this(
        searchKey,
        iteration,
        survivors,
        sources,
        parents,
        evaluated,
        alreadyKnown,
        fallbacks,
        improved,
        offspring,
        spending,
        exhausted,
        0L,
        List.of(),
        0,
        0L,
        List.of());
  }
}
