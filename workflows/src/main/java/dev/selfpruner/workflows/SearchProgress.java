package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Spending;
import java.util.List;
import java.util.Optional;

/**
 * How far a search is.
 *
 * @param phase what is being done
 * @param iteration the iteration under way; 0 is the first population
 * @param evaluated evaluations done
 * @param evaluations evaluations that the whole search asks for; where it probes and selects in
 *     stages, about as many
 * @param alreadyKnown how many of those done were found in the store
 * @param best lowest perplexity on the search text so far; positive infinity before the first; of a
 *     search that draws its windows, that of the last iteration that is finished
 * @param spending on the LLM until this iteration began
 * @param tokens that went through pruned models
 * @param paused why nothing new is begun; empty (or null) where the search goes on
 */
public record SearchProgress(
    Phase phase,
    int iteration,
    int evaluated,
    int evaluations,
    int alreadyKnown,
    double best,
    Spending spending,
    long tokens,
    String paused) {
  public SearchProgress {
    paused = Optional.ofNullable(paused).orElse("");
  }

  /** The parts of a search, in order; one without a method has no probing, ranking or fitting. */
  public enum Phase {
    CALIBRATING,
    /** The dense model's blocks are measured. */
    PROBING,
    SEARCHING,
    /** The last population is compared on held-out text. */
    RANKING,
    /** The best plan is carried out. */
    FITTING,
    MEASURING,
    FINISHED
  }

  /** Of a search that goes on. */
  public SearchProgress(
      Phase phase,
      int iteration,
      int evaluated,
      int evaluations,
      int alreadyKnown,
      double best,
      Spending spending,
      long tokens) {
    this(phase, iteration, evaluated, evaluations, alreadyKnown, best, spending, tokens, "");
  }

  /** Where nobody counts tokens. */
  public SearchProgress(
      Phase phase,
      int iteration,
      int evaluated,
      int evaluations,
      int alreadyKnown,
      double best,
      Spending spending) {
    this(phase, iteration, evaluated, evaluations, alreadyKnown, best, spending, 0);
  }

  public static SearchProgress start(int evaluations) {
    return new SearchProgress(
        Phase.CALIBRATING, 0, 0, evaluations, 0, Double.POSITIVE_INFINITY, Spending.NOTHING);
  }

  SearchProgress in(Phase next) {
    return new SearchProgress(
        next, iteration, evaluated, evaluations, alreadyKnown, best, spending, tokens);
  }

  SearchProgress paused(String reason) {
    return new SearchProgress(
        phase, iteration, evaluated, evaluations, alreadyKnown, best, spending, tokens, reason);
  }

  SearchProgress expecting(int all) {
    return new SearchProgress(
        phase, iteration, evaluated, all, alreadyKnown, best, spending, tokens);
  }

  /**
   * Progress at the beginning of an iteration.
   *
   * @param before the iteration: its parents, if it has any
   * @param done by then
   */
  SearchProgress at(int nextIteration, List<PopulationSnapshot> before, Totals done) {
    return new SearchProgress(
        phase,
        nextIteration,
        done.evaluated(),
        evaluations,
        done.alreadyKnown(),
        before.stream()
            .mapToDouble(snapshot -> snapshot.best().perplexity())
            .min()
            .orElse(Double.POSITIVE_INFINITY),
        before.stream().map(PopulationSnapshot::spending).reduce(Spending.NOTHING, Spending::plus),
        done.tokens());
  }

  SearchProgress after(BatchProgress batch) {
    return new SearchProgress(
        phase,
        iteration,
        evaluated + batch.evaluated(),
        evaluations,
        alreadyKnown + batch.alreadyKnown(),
        Math.min(best, batch.best()),
        spending,
        tokens + batch.tokens());
  }
}
