package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.RemovalOrder;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.corpus.StoryCorpus;
import dev.selfpruner.gpu.corpus.TextSplit;
import dev.selfpruner.gpu.engine.ComputeOptions;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.RetryOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ends a candidate's attempts is memory, whatever else went wrong between them. */
class ShortMemoryTest {
  private static final String QUEUE = "gpu";
  private static final String MODEL =
      Path.of("..", "infra/src/main/resources/dev/selfpruner/infra/demo").toAbsolutePath() + "";

  @TempDir private Path folder;

  /** What an attempt at an evaluation meets. */
  private enum Trouble {
    NONE,
    STORE_IS_AWAY,
    NO_MEMORY
  }

  /** Calls the activities as a search does. */
  @WorkflowInterface
  public interface Job {
    @WorkflowMethod
    Calibration calibrate(CalibrationRequest request);
  }

  /** Calls the activities as a search does. */
  @WorkflowInterface
  public interface Evaluate {
    @WorkflowMethod
    List<Fitness> evaluate(EvaluationRequest request);
  }

  private static ModelActivities activities() {
    return Workflow.newActivityStub(
        ModelActivities.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(Duration.ofHours(1))
            .setHeartbeatTimeout(Duration.ofSeconds(30))
            .setRetryOptions(
                RetryOptions.newBuilder().setMaximumInterval(Duration.ofMinutes(1)).build())
            .build());
  }

  /** {@inheritDoc} */
  public static final class JobImpl implements Job {
    @Override
    public Calibration calibrate(CalibrationRequest request) {
      return activities().calibrate(request);
    }
  }

  /** {@inheritDoc} */
  public static final class EvaluateImpl implements Evaluate {
    @Override
    public List<Fitness> evaluate(EvaluationRequest request) {
      return activities().evaluate(request);
    }
  }

  /** A store that gives Gram matrices, or fails to, as an attempt is to go. */
  private static final class TroubledStore extends PassingStore {
    private final ArtifactStore directory;
    private volatile List<Trouble> troubles = List.of();
    private volatile int attempt;

    private TroubledStore(ArtifactStore directory) {
      super(directory);
      this.directory = directory;
    }

    @Override
    public Path file(ArtifactRef ref, Path kind) throws IOException {
      if (kind.endsWith("gram") && attempt <= troubles.size()) {
        switch (troubles.get(attempt - 1)) {
          case STORE_IS_AWAY -> throw new IOException("the store is away");
          case NO_MEMORY -> throw new EngineException("CUDA out of memory. Tried to allocate");
          case NONE -> {}
        }
      }
      return directory.file(ref, kind);
    }

    @Override
    public Optional<ArtifactRef> find(IndexKey key) throws IOException {
      attempt = Activity.getExecutionContext().getInfo().getAttempt(); // files have other threads
      return super.find(key);
    }
  }

  @Test
  void onlyWantOfMemoryCountsAsSuch() throws IOException {
    Path text = folder.resolve("search.txt");
    new StoryCorpus(TextSplit.SEARCH, 1).write(text, 60_000);
    TextWindows windows = new TextWindows(text.toString(), 256, 0, 8, true);
    try (TroubledStore store =
            new TroubledStore(ArtifactStores.directory(folder.resolve("store")));
        EvaluationJournal journal = EvaluationJournal.open(folder.resolve("journal.jsonl"));
        ProgressDeadline deadline =
            new ProgressDeadline(
                Duration.ofMinutes(5),
                reason -> {
                  throw new AssertionError(reason);
                });
        ModelActivitiesImpl gpu =
            new ModelActivitiesImpl(
                store,
                journal,
                folder.resolve("work"),
                ComputeOptions.of(Device.cpu()),
                deadline,
                Locations.ANYWHERE,
                Long.MAX_VALUE,
                EvaluationListener.SILENT);
        TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance()) {
      Worker worker = environment.newWorker(QUEUE);
      worker.registerWorkflowImplementationTypes(JobImpl.class, EvaluateImpl.class);
      worker.registerActivitiesImplementations(gpu);
      environment.start();
      Calibration calibration =
          stub(environment, Job.class)
              .calibrate(
                  new CalibrationRequest(
                      MODEL, windows, RemovalOrder.WANDA_SP, AttentionUnit.QUERY_HEAD, true));
      EvaluationRequest request =
          new EvaluationRequest(
              MODEL,
              calibration,
              candidate(store, calibration),
              List.of("uniform"),
              windows,
              new Objective.Perplexity(),
              new Compensation.LeastSquares(3e-4));

      store.troubles =
          List.of(
              Trouble.STORE_IS_AWAY,
              Trouble.NO_MEMORY,
              Trouble.STORE_IS_AWAY,
              Trouble.NO_MEMORY,
              Trouble.STORE_IS_AWAY,
              Trouble.NO_MEMORY);
      Fitness failed = stub(environment, Evaluate.class).evaluate(request).get(0);

      assertThat(store.attempt).isEqualTo(6);
      assertThat(failed.perplexity()).isInfinite();
      assertThat(failed.failed()).startsWith("out of memory with this candidate alone: CUDA");

      store.troubles =
          List.of(
              Trouble.STORE_IS_AWAY,
              Trouble.STORE_IS_AWAY,
              Trouble.STORE_IS_AWAY,
              Trouble.STORE_IS_AWAY,
              Trouble.STORE_IS_AWAY,
              Trouble.NO_MEMORY,
              Trouble.NONE);
      Fitness found = stub(environment, Evaluate.class).evaluate(request).get(0);

      assertThat(store.attempt).isEqualTo(7);
      assertThat(found.perplexity()).isFinite();
      assertThat(found.alreadyKnown()).isFalse();
    }
  }

  private static <T> T stub(TestWorkflowEnvironment environment, Class<T> type) {
    return environment
        .getWorkflowClient()
        .newWorkflowStub(type, WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build());
  }

  private static ArtifactRef candidate(ArtifactStore store, Calibration calibration)
      throws IOException {
    PrunableModel prunable = Json.read(store.read(calibration.prunable()), PrunableModel.class);
    return store.put(
        Json.writeBytes(
            new CandidateSet(
                List.of(
                    new Candidate(
                        "uniform",
                        LayerRates.uniform(8, 0.3),
                        new Budget(prunable, 0.3).uniform(),
                        new Lineage(0, Operator.BASELINE, "test", List.of()))))));
  }
}
