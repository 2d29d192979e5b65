package dev.selfpruner.infra.worker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.RemovalOrder;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.infra.demo.DemoFiles;
import dev.selfpruner.infra.demo.DemoModel;
import dev.selfpruner.infra.embedded.Home;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bound that a worker was given reaches what it calibrates. */
class GramSpaceTest {
  private static final String QUEUE = "test";

  @TempDir private Path folder;

  @Test
  void aWorkerRefusesMatricesThatTakeMoreThanItWasGiven() throws Exception {
    Home home = Home.open(folder.resolve("home"));
    DemoFiles files = DemoModel.unpack(home.demo());
    GpuSettings settings =
        new GpuSettings(
            ComputeOptions.of(Device.cpu()), 4_096, Duration.ofMinutes(5), reason -> {});
    CalibrationRequest request =
        new CalibrationRequest(
            files.model().toString(),
            new TextWindows(files.searchText().toString(), DemoModel.SEQUENCE_LENGTH, 0, 4, true),
            RemovalOrder.WANDA_SP,
            AttentionUnit.QUERY_HEAD,
            true);
    try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance();
        ArtifactStore store = ArtifactStores.directory(home.store())) {
      Worker worker = environment.newWorker(QUEUE);
      worker.registerWorkflowImplementationTypes(CancelledEvaluationTest.CalibratingImpl.class);
      Workers workers =
          Workers.start(
              environment.getWorkflowClient(),
              EnumSet.of(WorkerRole.GPU),
              store,
              home,
              () -> {
                throw new AssertionError("a GPU worker launches nothing");
              },
              () -> settings);
      try (workers) {
        environment.start();
        CancelledEvaluationTest.Calibrating calibrating =
            environment
                .getWorkflowClient()
                .newWorkflowStub(
                    CancelledEvaluationTest.Calibrating.class,
                    WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build());

        assertThatThrownBy(() -> calibrating.calibrate(request))
            .isInstanceOf(WorkflowFailedException.class)
            .rootCause()
            .hasMessageContaining("more than the 4,096 that they may")
            .hasMessageContaining("--gram-space");
      }
    }
  }
}
