package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import dev.selfpruner.activities.FailureTypes;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.NumericalException;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.Fits;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LayerWeights;
import dev.selfpruner.gpu.llama.LoadedModel;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Plans of which one fails in the engine, as it may by its numbers or for want of memory. */
@EnabledIfEnvironmentVariable(
    named = "SELFPRUNER_SHARED",
    matches = ".+",
    disabledReason = "stories260k lies in the shared folder")
class FailedCandidatesTest {
  private static final ComputeOptions OPTIONS = ComputeOptions.of(Device.cpu());

  /** Neurons that the first layer of the plan that fails keeps. */
  private static final int FATAL = 77;

  @TempDir private Path folder;

  /** Weights as they are, but for one plan's. */
  private record FailingFits(RuntimeException failure) implements Fits {
    @Override
    public FittedLayer layer(
        Decoder decoder, int layer, LayerWeights weights, Kept kept, Parallel parallel) {
      if (layer == 0 && kept.neurons().contains(FATAL)) {
        throw failure;
      }
      return Fits.NONE.layer(decoder, layer, weights, kept, parallel);
    }

    @Override
    public long bytes(LoadedModel model, int layer, Kept kept, int threads) {
      return 0;
    }

    @Override
    public void releaseCaches() {}
  }

  @Test
  void numericalTroubleFailsTheCandidateAloneWithItsReason() throws IOException {
    Map<Integer, Evaluations.Outcome> outcomes =
        outcomes(new NumericalException("the fit has no inverse"));

    assertThat(outcomes.get(1))
        .isEqualTo(
            new Evaluations.Outcome(
                Double.POSITIVE_INFINITY, false, "the fit has no inverse", false));
    assertThat(outcomes.get(1).requireMemory()).isEqualTo(outcomes.get(1));
  }

  @Test
  void wantOfMemoryFailsTheCandidateAloneAndIsTriedAgainWhereItMatters() throws IOException {
    Map<Integer, Evaluations.Outcome> outcomes =
        outcomes(new EngineException("CUDA out of memory. Tried to allocate 84.00 MiB.\nDetails"));

    Evaluations.Outcome failed = outcomes.get(1);
    assertThat(failed.perplexity()).isInfinite();
    assertThat(failed.failed())
        .isEqualTo(
            "out of memory with this candidate alone: CUDA out of memory. Tried to allocate 84.00 MiB.");
    assertThatThrownBy(failed::requireMemory)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo(FailureTypes.OUT_OF_MEMORY);
              assertThat(failure.isNonRetryable()).isFalse();
            });
  }

  /** Of three plans, the second of which fails; the others are as without it, and stored. */
  private Map<Integer, Evaluations.Outcome> outcomes(RuntimeException failure) throws IOException {
    Path shared = Path.of(System.getenv("SELFPRUNER_SHARED"));
    Path directory = shared.resolve("models/stories260k");
    String valid = shared.resolve("data/wikitext2/wiki.valid.raw").toString();
    TextWindows text = new TextWindows(valid, 256, 0, 2, false);
    Path file = folder.resolve("journal.jsonl");
    try (ArtifactStore store = ArtifactStores.directory(folder.resolve("store"));
        EvaluationJournal journal = EvaluationJournal.open(file)) {
      Stored stored = new Stored(store);
      LocalCopies copies = new LocalCopies(store, folder, Long.MAX_VALUE);
      Calibrations calibrations = new Calibrations(stored, copies, folder, OPTIONS, Long.MAX_VALUE);
      OrderedWeightFiles weights = new OrderedWeightFiles(stored, copies, folder);
      Evaluations evaluations =
          new Evaluations(stored, journal, new DensePredictions(stored, copies, folder));
      try (OpenModel model = OpenModel.open(directory, OPTIONS, weights, Locations.ANYWHERE)) {
        Calibration calibration =
            calibrations.findOrRun(
                model,
                new CalibrationRequest(directory.toString(), text),
                part -> ProgressListener.SILENT);
        Evaluations.Task task =
            new Evaluations.Task(
                model,
                calibration,
                () -> calibrations.order(calibration),
                text,
                new Objective.Perplexity(),
                new Compensated("failing", engines -> new FailingFits(failure)));
        List<PruningPlan> plans = List.of(plan(120), plan(FATAL), plan(60));
        Map<Integer, Evaluations.Outcome> first = new TreeMap<>();
        evaluations.findOrRun(task, plans, ProgressListener.SILENT, first::put);
        assertThat(first).containsOnlyKeys(0, 1, 2);

        Map<Integer, Evaluations.Outcome> again = new TreeMap<>();
        evaluations.findOrRun(task, plans, ProgressListener.SILENT, again::put);
        assertThat(again.get(0).alreadyKnown()).isTrue();
        assertThat(again.get(2).perplexity()).isFinite().isEqualTo(first.get(2).perplexity());
        assertThat(again.get(1)).as("nothing of it is stored").isEqualTo(first.get(1));
        assertThat(Files.readAllLines(file)).as("2 x 2, and 2 x 1 without an end").hasSize(6);
        return first;
      }
    }
  }

  /** Of stories260k: 5 layers of 8 heads and 172 neurons. */
  private static PruningPlan plan(int neurons) {
    return new PruningPlan(
        List.of(
            new LayerPlan(8, neurons),
            new LayerPlan(8, 172),
            new LayerPlan(8, 172),
            new LayerPlan(8, 172),
            new LayerPlan(8, 172)));
  }
}
