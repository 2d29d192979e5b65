package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.evaluate.ChunkedRun;
import dev.selfpruner.gpu.evaluate.PerplexityEvaluator;
import dev.selfpruner.gpu.evaluate.ProgressListener;
import dev.selfpruner.gpu.evaluate.WindowLosses;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.text.TokenWindows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** Evaluations by key: found if they were ever finished, run and stored if not. */
final class Evaluations {
  private final Stored stored;
  private final EvaluationJournal journal;
  private final PerplexityEvaluator evaluator;

  Evaluations(Stored stored, EvaluationJournal journal, PerplexityEvaluator evaluator) {
    this.stored = stored;
    this.journal = journal;
    this.evaluator = evaluator;
  }

  /**
   * An evaluation, and whether it was there before it was asked for.
   *
   * @param evaluation the number
   * @param alreadyKnown whether it was found in the store
   */
  record Outcome(Evaluation evaluation, boolean alreadyKnown) {}

  Outcome findOrRun(
      OpenModel model,
      Calibration calibration,
      Supplier<UnitOrder> order,
      PruningPlan plan,
      TextWindows wanted,
      ProgressListener listener)
      throws IOException {
    Texts.TokenizedText text = model.texts().read(Path.of(wanted.path()), wanted.beginOfSequence());
    TokenWindows windows = TokenWindows.cut(text.ids(), wanted);
    EvaluationKey key = key(model, calibration, plan, wanted, text, windows);
    IndexKey indexKey = key.indexKey();
    Optional<Evaluation> known = stored.find(indexKey, Evaluation.class);
    if (known.isPresent()) {
      return new Outcome(known.get(), true);
    }
    LoadedModel weights = model.weights(calibration.key(), order);
    journal.append(EvaluationJournal.Event.START, indexKey.digest());
    long start = System.nanoTime();
    WindowLosses losses = evaluator.evaluate(weights, plan, windows, listener);
    double seconds = (System.nanoTime() - start) / 1e9;
    Evaluation evaluation =
        stored.index(
            indexKey, new Evaluation(key, losses.nllPerWindow(), seconds), Evaluation.class);
    journal.append(EvaluationJournal.Event.END, indexKey.digest());
    return new Outcome(evaluation, false);
  }

  private static EvaluationKey key(
      OpenModel model,
      Calibration calibration,
      PruningPlan plan,
      TextWindows wanted,
      Texts.TokenizedText text,
      TokenWindows windows) {
    return new EvaluationKey(
        model.directory().sha256(),
        model.directory().tokenizerSha256(),
        calibration.key(),
        Calibrations.METRIC,
        "query head",
        "none",
        "perplexity",
        plan.digest(),
        text.sha256(),
        text.protocol(),
        wanted.sequenceLength(),
        wanted.beginOfSequence(),
        wanted.firstWindow(),
        windows.count(),
        ChunkedRun.windowsPerChunk(wanted.sequenceLength()),
        model.numericType().name(),
        Engine.description());
  }
}
