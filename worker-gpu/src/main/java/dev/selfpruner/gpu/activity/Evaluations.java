package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.FailureTypes;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.activity.EvaluationPart.ChunkLosses;
import dev.selfpruner.gpu.engine.Chunk;
import dev.selfpruner.gpu.engine.Chunks;
import dev.selfpruner.gpu.engine.Engines;
import dev.selfpruner.gpu.engine.FitnessEngine;
import dev.selfpruner.gpu.engine.Fits;
import dev.selfpruner.gpu.engine.Pass;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.evaluate.DivergencePass;
import dev.selfpruner.gpu.evaluate.PerplexityPass;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.OutOfMemory;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Evaluations by key: what was ever measured is found, the rest is run in batches and stored. */
final class Evaluations {
  private static final Logger LOG = LoggerFactory.getLogger(Evaluations.class);

  private final Stored stored;
  private final EvaluationJournal journal;
  private final DensePredictions densePredictions;

  Evaluations(Stored stored, EvaluationJournal journal, DensePredictions densePredictions) {
    this.stored = stored;
    this.journal = journal;
    this.densePredictions = densePredictions;
  }

  /**
   * A plan's fitness.
   *
   * @param perplexity exponential of the objective's mean
   * @param alreadyKnown whether all of it was found in the store
   * @param failed why the perplexity is infinite; empty where it is not
   * @param outOfMemory whether that was for want of memory, of which there may be more elsewhere or
   *     later: nothing of it is in the store
   */
  record Outcome(double perplexity, boolean alreadyKnown, String failed, boolean outOfMemory) {
    private static final int LONGEST_REASON = 200;

    static Outcome measured(KnownLosses known, List<Chunk> chunks, boolean alreadyKnown) {
      return new Outcome(known.perplexity(chunks), alreadyKnown, known.failed(chunks), false);
    }

    /**
     * This, where there was memory for it.
     *
     * @throws ApplicationFailure to be tried again where there was none
     */
    Outcome requireMemory() {
      if (outOfMemory) {
        throw ApplicationFailure.newFailure(failed, FailureTypes.OUT_OF_MEMORY);
      }
      return this;
    }

    /** Of a plan that was begun and has no losses. */
    static Outcome failed(RuntimeException reason) {
      String message = String.valueOf(reason.getMessage()).strip();
      String line = message.lines().findFirst().orElse("");
      boolean memory = OutOfMemory.is(reason);
      String text = memory ? "out of memory with this candidate alone: " + line : line;
      return new Outcome(
          Double.POSITIVE_INFINITY,
          false,
          text.substring(0, Math.min(text.length(), LONGEST_REASON)),
          memory);
    }
  }

  /** Hears of outcomes while others are still measured. */
  @FunctionalInterface
  interface Outcomes {
    void known(int plan, Outcome outcome);
  }

  /**
   * What is measured of which model.
   *
   * @param order of the model's units, asked for when something has to run
   * @param compensated what makes up for removed units
   */
  record Task(
      OpenModel model,
      Calibration calibration,
      Supplier<UnitOrder> order,
      TextWindows text,
      Objective objective,
      Compensated compensated) {}

  /** Measures plans; {@code outcomes} hears of each once. */
  void findOrRun(Task task, List<PruningPlan> plans, ProgressListener listener, Outcomes outcomes)
      throws IOException {
    OpenModel model = task.model();
    Texts.TokenizedText text = model.text(task.text());
    model.directory().config().requireTokens(text.ids().largest());
    TokenWindows windows = TokenWindows.cut(text.ids(), task.text());
    TextKey textKey = TextKey.of(model, text, task.text());
    List<Chunk> chunks = Chunks.of(windows, textKey.windowsInChunk());
    Map<List<Chunk>, List<Waiting>> byMissing = new LinkedHashMap<>();
    for (int i = 0; i < plans.size(); i++) {
      EvaluationKey key = key(task, textKey, plans.get(i));
      KnownLosses known = KnownLosses.read(stored, key);
      List<Chunk> missing = known.missing(chunks);
      if (missing.isEmpty()) {
        outcomes.known(i, Outcome.measured(known, chunks, true));
      } else {
        byMissing
            .computeIfAbsent(missing, unused -> new ArrayList<>())
            .add(new Waiting(i, plans.get(i), key, known));
      }
    }
    for (Map.Entry<List<Chunk>, List<Waiting>> batch : byMissing.entrySet()) {
      run(new Batch(task, textKey, chunks, batch.getKey(), batch.getValue()), listener, outcomes);
    }
  }

  /** A plan whose losses are not all known. */
  private record Waiting(int index, PruningPlan plan, EvaluationKey key, KnownLosses known) {}

  /** Plans that lack the same chunks. */
  private record Batch(
      Task task, TextKey text, List<Chunk> chunks, List<Chunk> missing, List<Waiting> plans) {}

  private void run(Batch batch, ProgressListener listener, Outcomes outcomes) throws IOException {
    Task task = batch.task();
    Engines engines = task.model().engines(task.calibration().key(), task.order());
    if (task.compensated().key().equals(Compensated.NONE.key())) {
      task.model().closeFits(); // the memory is this run's
    }
    Pass<double[]> pass = pass(batch, listener);
    Fits fits = task.compensated().source().fits(engines);
    for (Waiting waiting : batch.plans()) {
      journal.append(EvaluationJournal.Event.START, waiting.key().digest(batch.missing()));
    }
    long start = System.nanoTime();
    engines.run(
        batch.plans().stream().map(Waiting::plan).toList(),
        batch.missing(),
        pass,
        fits,
        listener,
        new FitnessEngine.Results<>() {
          @Override
          public void finished(int plan, List<double[]> losses) {
            Waiting waiting = batch.plans().get(plan);
            double seconds = (System.nanoTime() - start) / 1e9;
            store(batch, waiting, losses, seconds);
            journal.append(EvaluationJournal.Event.END, waiting.key().digest(batch.missing()));
            outcomes.known(
                waiting.index(), Outcome.measured(waiting.known(), batch.chunks(), false));
          }

          @Override
          public void failed(int plan, RuntimeException reason) {
            LOG.warn("a candidate has no fitness", reason);
            outcomes.known(batch.plans().get(plan).index(), Outcome.failed(reason));
          }
        });
    task.model().ended(EvaluationListener.Step.RUN_CANDIDATES, start);
  }

  private Pass<double[]> pass(Batch batch, ProgressListener listener) throws IOException {
    if (batch.task().objective() instanceof Objective.Divergence divergence) {
      return new DivergencePass(
          densePredictions.findOrRun(
              batch.task(), batch.text(), batch.missing(), divergence.likeliest(), listener));
    }
    return new PerplexityPass();
  }

  private static void store(Batch batch, Waiting waiting, List<double[]> losses, double seconds) {
    List<ChunkLosses> chunks = new ArrayList<>();
    for (int i = 0; i < losses.size(); i++) {
      chunks.add(
          new ChunkLosses(
              batch.missing().get(i).firstWindow(), Arrays.stream(losses.get(i)).boxed().toList()));
    }
    try {
      waiting.known().add(new EvaluationPart(waiting.key(), chunks, seconds, batch.plans().size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static EvaluationKey key(Task task, TextKey text, PruningPlan plan) {
    return new EvaluationKey(
        task.model().directory().sha256(),
        task.calibration().key(),
        Calibrations.METRIC,
        "query head",
        task.compensated().key(),
        task.objective(),
        plan.digest(),
        text,
        task.model().numericType().name(),
        task.model().engine());
  }
}
