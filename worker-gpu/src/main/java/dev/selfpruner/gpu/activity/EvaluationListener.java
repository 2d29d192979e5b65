package dev.selfpruner.gpu.activity;

/** Hears of each candidate's evaluation as it ends, from the thread that measures; to be quick. */
@FunctionalInterface
public interface EvaluationListener {
  /** Hears nothing. */
  EvaluationListener SILENT = (outcome, tokens) -> {};

  /** How an evaluation ends. */
  enum Outcome {
    /** Measured. */
    DONE,
    /** Measured, and the pruned model's loss is not a number. */
    FAILED,
    /** Found in the store: nothing ran. */
    KNOWN;

    static Outcome of(Evaluations.Outcome outcome) {
      if (outcome.alreadyKnown()) {
        return KNOWN;
      }
      return Double.isFinite(outcome.perplexity()) ? DONE : FAILED;
    }
  }

  /**
   * An evaluation ended.
   *
   * @param tokens that go through the model for it, a token through a part counting as that part;
   *     for one that was found, those that would have
   */
  void ended(Outcome outcome, long tokens);
}
