package dev.selfpruner.gpu.activity;

import java.time.Duration;

/**
 * Hears of each candidate's evaluation as it ends, from the thread that measures, and of what an
 * activity's time goes into, from the activity's thread; to be quick.
 */
@FunctionalInterface
public interface EvaluationListener {
  /** Hears nothing. */
  EvaluationListener SILENT = (outcome, tokens) -> {};

  /** What takes long in an activity. */
  enum Step {
    /** Weights are read, put in order, and brought to where they are computed with. */
    LOAD_WEIGHTS,
    /** A text goes through the model, for a calibration or its Gram matrices. */
    COLLECT_STATISTICS,
    /** Units of layers are put in brain surgeon's order of removal. */
    ORDER_UNITS,
    /** Blocks, or whole models, are timed. */
    MEASURE_LATENCY,
    /** Candidates go through the model together. */
    RUN_CANDIDATES,
    /** A stored model goes through a text. */
    RUN_MODEL,
    /** Layers are fitted one after the other, unless they are found. */
    FIT_LAYERS,
    /** A pruned model is written into the store, or found there; a dense-once fit is part of it. */
    WRITE_MODEL
  }

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

  /**
   * A step ended well; one may be part of another.
   *
   * @param took until now
   */
  default void ended(Step step, Duration took) {}
}
