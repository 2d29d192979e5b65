package dev.selfpruner.infra.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.activity.EvaluationJournal;
import dev.selfpruner.gpu.activity.EvaluationJournal.Event;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.infra.demo.DemoFiles;
import dev.selfpruner.infra.demo.DemoModel;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.workflows.TaskQueues;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cancelled search doesn't keep a GPU busy: the evaluation under way ends between two blocks. */
class CancelledEvaluationTest {
  private static final String QUEUE = "test";

  private static final ActivityOptions OPTIONS =
      ActivityOptions.newBuilder()
          .setTaskQueue(TaskQueues.GPU)
          .setStartToCloseTimeout(Duration.ofHours(1))
          .setHeartbeatTimeout(Duration.ofSeconds(30))
          .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
          .build();

  /** One calibration. */
  @WorkflowInterface
  public interface Calibrating {
    @WorkflowMethod
    Calibration calibrate(CalibrationRequest request);
  }

  /** {@inheritDoc} */
  public static final class CalibratingImpl implements Calibrating {
    @Override
    public Calibration calibrate(CalibrationRequest request) {
      return Workflow.newActivityStub(ModelActivities.class, OPTIONS).calibrate(request);
    }
  }

  /** One batch of evaluations. */
  @WorkflowInterface
  public interface Evaluating {
    @WorkflowMethod
    List<Fitness> evaluate(EvaluationRequest request);
  }

  /** {@inheritDoc} */
  public static final class EvaluatingImpl implements Evaluating {
    @Override
    public List<Fitness> evaluate(EvaluationRequest request) {
      return Workflow.newActivityStub(ModelActivities.class, OPTIONS).evaluate(request);
    }
  }

  @TempDir private Path folder;

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void endsInTheMiddleAndLeavesTheWorkerFree() throws Exception {
    Home home = Home.open(folder.resolve("home"));
    DemoFiles files = DemoModel.unpack(home.demo());
    GpuSettings settings =
        new GpuSettings(
            ComputeOptions.of(Device.cpu()), Long.MAX_VALUE, Duration.ofMinutes(5), reason -> {});
    try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance();
        ArtifactStore store = ArtifactStores.directory(home.store())) {
      WorkflowClient client = environment.getWorkflowClient();
      Worker worker = environment.newWorker(QUEUE);
      worker.registerWorkflowImplementationTypes(CalibratingImpl.class, EvaluatingImpl.class);
      Workers workers =
          Workers.start(
              client,
              EnumSet.of(WorkerRole.GPU),
              store,
              home,
              () -> {
                throw new AssertionError("a GPU worker launches nothing");
              },
              () -> settings);
      try (workers) {
        environment.start();
        Calibration calibration =
            client
                .newWorkflowStub(Calibrating.class, options())
                .calibrate(
                    new CalibrationRequest(files.model().toString(), text(files.searchText(), 4)));
        WorkflowStub cancelled =
            start(client, request(files, calibration, store, 500, TextWindows.ALL));
        awaitStart(home);

        cancelled.cancel();

        assertThatThrownBy(() -> cancelled.getResult(List.class))
            .isInstanceOf(WorkflowFailedException.class)
            .cause()
            .isInstanceOf(CanceledFailure.class);
        assertThat(events(home)).contains(Event.START).doesNotContain(Event.END);
        start(client, request(files, calibration, store, 1, 1)).getResult(List.class);
        assertThat(events(home)).contains(Event.END);
      }
    }
  }

  private static WorkflowStub start(WorkflowClient client, EvaluationRequest request) {
    WorkflowStub stub = client.newUntypedWorkflowStub("Evaluating", options());
    stub.start(request);
    return stub;
  }

  private static WorkflowOptions options() {
    return WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build();
  }

  /** Plans that share nothing: each keeps another number of neurons of the first layer. */
  private static EvaluationRequest request(
      DemoFiles files, Calibration calibration, ArtifactStore store, int plans, int windows)
      throws IOException {
    PrunableModel model = Json.read(store.read(calibration.prunable()), PrunableModel.class);
    int layers = model.layers().size();
    Lineage lineage = new Lineage(0, Operator.BASELINE, "test", List.of());
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < plans; i++) {
      List<LayerPlan> kept = new ArrayList<>(model.dense().layers());
      LayerPlan first = kept.get(0);
      kept.set(0, new LayerPlan(1 + i % first.queryHeads(), first.neurons() - i / 4));
      candidates.add(
          new Candidate(
              "plan-" + i, LayerRates.uniform(layers, 0), new PruningPlan(kept), lineage));
    }
    return new EvaluationRequest(
        files.model().toString(),
        calibration,
        store.put(Json.writeBytes(new CandidateSet(candidates))),
        candidates.stream().map(Candidate::id).toList(),
        text(files.testText(), windows),
        new Objective.Perplexity());
  }

  private static TextWindows text(Path file, int windows) {
    return new TextWindows(file.toString(), DemoModel.SEQUENCE_LENGTH, 0, windows, true);
  }

  private static void awaitStart(Home home) throws IOException, InterruptedException {
    while (!events(home).contains(Event.START)) {
      Thread.sleep(100);
    }
  }

  private static List<Event> events(Home home) throws IOException {
    String written = Files.exists(home.journal()) ? Files.readString(home.journal()) : "";
    return written // without a line that is being written
        .substring(0, written.lastIndexOf('\n') + 1)
        .lines()
        .map(line -> Json.read(line, EvaluationJournal.Line.class).event())
        .toList();
  }
}
