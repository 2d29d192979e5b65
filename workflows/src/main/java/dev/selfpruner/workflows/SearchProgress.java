package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Spending;

/**
 * How far a search is.
 *
 * @param phase what is being done
 * @param iteration the iteration under way; 0 is the first population
 * @param evaluated evaluations done
 * @param evaluations evaluations that the whole search asks for
 * @param alreadyKnown how many of those done were found in the store
 * @param best lowest perplexity on the search text so far; positive infinity before the first
 * @param spending on the LLM until this iteration began
 */
public record SearchProgress(
    Phase phase,
    int iteration,
    int evaluated,
    int evaluations,
    int alreadyKnown,
    double best,
    Spending spending) {

  /** The parts of a search, in order. */
  public enum Phase {
    CALIBRATING,
    SEARCHING,
    MEASURING,
    FINISHED
  }

  public static SearchProgress start(int evaluations) {
    return new SearchProgress(
        Phase.CALIBRATING, 0, 0, evaluations, 0, Double.POSITIVE_INFINITY, Spending.NOTHING);
  }

  SearchProgress in(Phase next) {
    return new SearchProgress(
        next, iteration, evaluated, evaluations, alreadyKnown, best, spending);
  }

  /** Progress at the beginning of an iteration, with {@code done} evaluations behind it. */
  SearchProgress at(int nextIteration, Spending spent, int done, int known, double bestSoFar) {
    return new SearchProgress(phase, nextIteration, done, evaluations, known, bestSoFar, spent);
  }

  SearchProgress after(BatchProgress batch) {
    return new SearchProgress(
        phase,
        iteration,
        evaluated + batch.evaluated(),
        evaluations,
        alreadyKnown + batch.alreadyKnown(),
        Math.min(best, batch.best()),
        spending);
  }
}
