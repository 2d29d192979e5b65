package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.plan.LatencyBudget;
import dev.selfpruner.activities.plan.LatencyTable;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.LatencyFigures;
import dev.selfpruner.activities.search.LatencyGoal;
import dev.selfpruner.activities.search.LatencyReportRequest;
import dev.selfpruner.activities.search.LatencyRequest;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.MeasuredLatency;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.activity.EvaluationListener.Step;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Times of stories260k by a worker on the CPU. */
@EnabledIfEnvironmentVariable(
    named = "SELFPRUNER_SHARED",
    matches = ".+",
    disabledReason = "stories260k lies in the shared folder")
class LatencyActivitiesTest {
  private static final Target.Latency TARGET = new Target.TimeShare(0.8, "cpu", 1, 32);

  @TempDir private Path folder;

  private final Path shared = Path.of(System.getenv("SELFPRUNER_SHARED"));
  private final String model = shared.resolve("models/stories260k").toString();
  private final RecordedSteps steps = new RecordedSteps();
  private ArtifactStore store;
  private ModelWorker worker;
  private ModelActivities activities;

  @BeforeEach
  void startWorker() throws IOException {
    store = ArtifactStores.directory(folder.resolve("store"));
    worker = new ModelWorker(folder, "work", store, Locations.ANYWHERE, Long.MAX_VALUE, steps);
    activities = worker.activities();
  }

  @AfterEach
  void stopWorker() {
    worker.close();
    store.close();
  }

  @Test
  void aTableIsMeasuredOnceForAllTargetsAndReportsAreByIt() throws IOException {
    Calibration calibration = calibrate();

    LatencyGoal goal = activities.measureLatency(new LatencyRequest(model, calibration, TARGET));

    MeasuredLatency measured = Json.read(store.read(goal.table()), MeasuredLatency.class);
    LatencyTable table = measured.table();
    assertThat(measured.device()).isEqualTo("cpu");
    assertThat(measured.tokens()).isEqualTo(32);
    assertThat(table.layers())
        .hasSize(5)
        .allSatisfy(
            layer -> {
              assertThat(layer.attention()).hasSize(8).isSorted().allMatch(Double::isFinite);
              assertThat(layer.mlp()).isSorted().allMatch(Double::isFinite);
            });
    Target.Latency other = new Target.Milliseconds(1, "cpu", 1, 32);
    assertThat(activities.measureLatency(new LatencyRequest(model, calibration, other)))
        .isEqualTo(new LatencyGoal(other, goal.table()));
    assertThat(steps.since()).containsOnlyOnce(Step.MEASURE_LATENCY);
    KeptBlobs blobs = new KeptBlobs(folder.resolve("store"));
    byte[] content = store.read(goal.table());
    KeptBlobs.damage(blobs.blob(goal.table().sha256()));
    ArtifactRef again =
        activities.measureLatency(new LatencyRequest(model, calibration, TARGET)).table();
    assertThat(again)
        .as("measured anew: a time is never the same twice")
        .isNotEqualTo(goal.table());
    assertThat(Json.read(store.read(again), MeasuredLatency.class).tokens()).isEqualTo(32);
    assertThat(store.put(content)).as("what the report is of").isEqualTo(goal.table());
    assertThat(steps.since()).containsOnlyOnce(Step.MEASURE_LATENCY);

    PrunableModel prunable = Json.read(store.read(calibration.prunable()), PrunableModel.class);
    PruningPlan least =
        new PruningPlan(prunable.layers().stream().map(PrunableLayer::least).toList());
    double between = (table.seconds(least) + table.dense()) / 2; // whatever times are
    LatencyBudget budget = new LatencyBudget(prunable, table, between, 1);
    PruningPlan searched = budget.complete(prunable.dense());
    ArtifactRef candidates = candidates(prunable, budget.uniform(), searched);
    LatencyFigures figures =
        activities.reportLatency(
            new LatencyReportRequest(model, calibration, goal, candidates, candidates, "searched"));

    assertThat(steps.since()).containsExactly(Step.MEASURE_LATENCY);
    assertThat(figures.target()).isEqualTo(TARGET);
    assertThat(figures.dense()).isEqualTo(1e3 * table.dense());
    assertThat(figures.allowed()).isEqualTo(1e3 * (0.8 * table.dense()));
    assertThat(figures.uniform()).isEqualTo(1e3 * table.seconds(budget.uniform()));
    assertThat(figures.searched()).isEqualTo(1e3 * table.seconds(searched));
    assertThat(figures.searched()).isLessThanOrEqualTo(1e3 * between);
    assertThat(figures.measuredDense()).isPositive();
    assertThat(figures.measuredSearched()).isPositive();
  }

  @Test
  void aWorkerOfAnotherDeviceRefusesForGood() {
    Calibration calibration = calibrate();
    Target.Latency elsewhere = new Target.Milliseconds(12, "NVIDIA H100 80GB HBM3", 1, 32);

    assertThatThrownBy(
            () -> activities.measureLatency(new LatencyRequest(model, calibration, elsewhere)))
        .isInstanceOf(ActivityFailure.class)
        .cause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.isNonRetryable()).isTrue();
              assertThat(failure.getOriginalMessage())
                  .startsWith(
                      "the latency budget is one for 'NVIDIA H100 80GB HBM3', and this worker computes on 'cpu'");
            });
  }

  private Calibration calibrate() {
    Path text = shared.resolve("data/wikitext2/wiki.valid.raw");
    return activities.calibrate(
        new CalibrationRequest(model, new TextWindows(text.toString(), 256, 0, 2, false)));
  }

  private ArtifactRef candidates(PrunableModel prunable, PruningPlan uniform, PruningPlan searched)
      throws IOException {
    Lineage lineage = new Lineage(0, Operator.BASELINE, "test", List.of());
    LayerRates rates = LayerRates.uniform(5, 0);
    return store.put(
        Json.writeBytes(
            new CandidateSet(
                List.of(
                    new Candidate("dense", rates, prunable.dense(), lineage),
                    new Candidate("uniform", rates, uniform, lineage),
                    new Candidate("searched", rates, searched, lineage)))));
  }
}
