package dev.selfpruner.infra.worker;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.search.LaunchActivities;
import dev.selfpruner.gpu.activity.EvaluationJournal;
import dev.selfpruner.gpu.activity.ModelActivitiesImpl;
import dev.selfpruner.gpu.activity.ProgressDeadline;
import dev.selfpruner.gpu.engine.DeviceMemory;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.llm.PopulationActivitiesImpl;
import dev.selfpruner.workflows.CompareWorkflowImpl;
import dev.selfpruner.workflows.IterationWorkflowImpl;
import dev.selfpruner.workflows.SearchWorkflowImpl;
import dev.selfpruner.workflows.TaskQueues;
import io.temporal.client.WorkflowClient;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The workers of one process. */
public final class Workers implements AutoCloseable {
  /**
   * The model activities take turns, and one that waits for its turn sends no heartbeats: it has to
   * wait in the queue, where another worker may take it.
   */
  private static final int MODEL_ACTIVITIES_AT_A_TIME = 1;

  /** Mutation and crossover of a search or two; an LLM's endpoint has limits of its own. */
  private static final int PROPOSALS_AT_A_TIME = 4;

  /**
   * A cancellation comes with the answer to a heartbeat. Left alone, the SDK holds heartbeats back
   * for 80 % of their timeout, which is 24 s.
   */
  private static final Duration BETWEEN_HEARTBEATS = Duration.ofSeconds(3);

  private final WorkerFactory factory;
  private final WorkerVersion version;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();

  private Workers(
      WorkflowClient client, List<WorkerInterceptor> interceptors, WorkerVersion version) {
    this.version = version;
    List<WorkerInterceptor> all = new ArrayList<>(List.of(new LoggedActivities()));
    all.addAll(interceptors); // around ours, which then knows of theirs
    this.factory =
        WorkerFactory.newInstance(
            client,
            WorkerFactoryOptions.newBuilder()
                .setWorkerInterceptors(all.toArray(WorkerInterceptor[]::new))
                .build());
  }

  /**
   * Starts to listen on the queues of {@code roles}.
   *
   * @param store of all artifacts; stays the caller's
   * @param home that the journal and files on their way lie in
   * @param launches what such a worker does for searches that begin; asked for by an LLM worker
   * @param gpu what a GPU worker computes with; asked for by such a worker only
   * @throws IOException if the journal cannot be opened
   */
  public static Workers start(
      WorkflowClient client,
      Set<WorkerRole> roles,
      ArtifactStore store,
      Home home,
      Supplier<LaunchActivities> launches,
      Supplier<GpuSettings> gpu)
      throws IOException {
    return start(
        client, roles, store, home, launches, gpu, WorkerListener.SILENT, WorkerVersion.UNTOLD);
  }

  /**
   * The same, watched, and of a version.
   *
   * @param listener hears of what they do
   * @param version of all of them
   */
  public static Workers start(
      WorkflowClient client,
      Set<WorkerRole> roles,
      ArtifactStore store,
      Home home,
      Supplier<LaunchActivities> launches,
      Supplier<GpuSettings> gpu,
      WorkerListener listener,
      WorkerVersion version)
      throws IOException {
    Workers workers = new Workers(client, listener.interceptors(), version);
    try {
      for (WorkerRole role : roles) {
        switch (role) {
          case GPU -> workers.addGpu(store, home, gpu.get(), listener);
          case LLM -> workers.addLlm(store, launches.get(), listener);
          case WORKFLOW -> workers.addWorkflow();
        }
      }
      workers.factory.start();
      return workers;
    } catch (RuntimeException | IOException e) {
      workers.close();
      throw e;
    }
  }

  private void addGpu(ArtifactStore store, Home home, GpuSettings gpu, WorkerListener listener)
      throws IOException {
    listener.computesWith(DeviceMemory.of(gpu.compute()));
    EvaluationJournal journal = EvaluationJournal.open(home.journal());
    owned.push(journal);
    ProgressDeadline deadline = new ProgressDeadline(gpu.longestStep(), gpu.end());
    owned.push(deadline);
    ModelActivitiesImpl activities =
        new ModelActivitiesImpl(
            store,
            journal,
            home.work(),
            gpu.compute(),
            deadline,
            gpu.locations(),
            gpu.gramBytes(),
            listener.evaluations());
    owned.push(activities);
    WorkerOptions.Builder options =
        WorkerOptions.newBuilder()
            .setMaxConcurrentActivityExecutionSize(MODEL_ACTIVITIES_AT_A_TIME)
            .setMaxHeartbeatThrottleInterval(BETWEEN_HEARTBEATS);
    factory
        .newWorker(TaskQueues.GPU, version.toldIn(options))
        .registerActivitiesImplementations(activities);
  }

  private void addLlm(ArtifactStore store, LaunchActivities launches, WorkerListener listener) {
    WorkerOptions.Builder options =
        WorkerOptions.newBuilder()
            .setMaxConcurrentActivityExecutionSize(PROPOSALS_AT_A_TIME)
            .setMaxHeartbeatThrottleInterval(BETWEEN_HEARTBEATS);
    factory
        .newWorker(TaskQueues.LLM, version.toldIn(options))
        .registerActivitiesImplementations(
            new PopulationActivitiesImpl(store, listener.calls()), launches);
  }

  private void addWorkflow() {
    Worker worker =
        factory.newWorker(TaskQueues.WORKFLOW, version.toldIn(WorkerOptions.newBuilder()));
    worker.registerWorkflowImplementationTypes(
        CompareWorkflowImpl.class, SearchWorkflowImpl.class, IterationWorkflowImpl.class);
    worker.registerActivitiesImplementations(
        new SearchAttributeLookup(factory.getWorkflowClient()));
  }

  /**
   * Stops to take work and waits for what is under way; a running activity is told with its next
   * heartbeat, and Temporal gives it to another worker.
   *
   * @return whether all of it ended within {@code patience}
   */
  public boolean stop(Duration patience) {
    factory.shutdown();
    factory.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
    boolean ended = factory.isTerminated();
    if (!ended) {
      factory.shutdownNow();
      factory.awaitTermination(1, TimeUnit.SECONDS);
    }
    return ended;
  }

  @Override
  public void close() {
    if (!stop(Duration.ofSeconds(10))) {
      return; // a running activity still uses what we own, and the process ends
    }
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("cannot stop a worker", e);
      }
    }
  }
}
