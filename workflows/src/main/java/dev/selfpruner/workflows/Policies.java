package dev.selfpruner.workflows;

import dev.selfpruner.activities.FailureTypes;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.PopulationActivities;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/**
 * Timeouts, retries and queues: all of them, with the reason for each.
 *
 * <p>An outage (a worker, a GPU, an LLM, a store that is away) waits and is tried again without
 * end. A mistake in the input ends the search at once with its reason. A candidate that fails alone
 * (no finite loss, no memory for it in three attempts) is recorded with its reason and an infinite
 * perplexity, and the search goes on; one whose candidates have all failed ends. No activity has a
 * time to start in: work waits in its queue for as long as there is no worker.
 *
 * <p>Where waiting ends is decided where the failure is understood: the LLM worker gives up on an
 * endpoint that it looked at three times before a search began, and on a question without an answer
 * in time, since each attempt may be charged, after five.
 */
final class Policies {
  /**
   * Candidates in one evaluation activity: few enough that several workers share an iteration, many
   * enough that a worker reads each layer's weights once for all of them and shares what they have
   * in common (the paper's ten mutations and ten crossovers are two activities).
   */
  private static final int CANDIDATES_PER_ACTIVITY = 10;

  /** In searches that began before version 1. */
  private static final int FIRST_CANDIDATES_PER_ACTIVITY = 4;

  /**
   * Probes in one activity: single-block variations of one base, which share all layers before
   * their block, and are ordered by it, so that each one more costs half a model; their ids are a
   * kilobyte or two, and a worker that dies loses no finished one.
   */
  static final int PROBES_PER_ACTIVITY = 64;

  /**
   * Candidates in one activity of a selection in stages. They read few windows, so that reading the
   * layers' weights is much of the cost and is better shared by many; the last stages have fewer
   * candidates than this, which then are one activity for each operator. Forty numbers are 4 kB in
   * the history.
   */
  static final int CANDIDATES_PER_STAGE = 40;

  /**
   * Workers send a heartbeat every 3 s; half a minute without one is a dead worker, not a busy one.
   */
  private static final Duration HEARTBEAT_TIMEOUT = Duration.ofSeconds(30);

  /**
   * A calibration or a batch of a 70B model takes hours. A worker whose native code hangs ends
   * itself, and that shows in the heartbeat.
   */
  private static final Duration LONGEST_MODEL_CALL = Duration.ofHours(24);

  /** Thirty vectors of eighty rates from a slow LLM, asked for again twice. */
  private static final Duration LONGEST_PROPOSAL = Duration.ofHours(1);

  /** An endpoint lists its models in a second; one that is being started may take a few. */
  private static final Duration LONGEST_BEGINNING = Duration.ofMinutes(1);

  /** Reading and writing a few kilobytes in the artifact store. */
  private static final Duration LONGEST_RECORD = Duration.ofMinutes(1);

  /** While one search waits for its LLM, another has the GPU; a third would wait for that. */
  static final int SEARCHES_AT_A_TIME = 2;

  /** A network that blinked is back by then. */
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

  /** Doubled each time: a server on its way up isn't run over by those that wait for it. */
  private static final double BACKOFF = 2.0;

  /** After an outage of a day, a GPU that is paid for idles no longer than this. */
  private static final Duration LONGEST_BETWEEN_RETRIES = Duration.ofMinutes(1);

  /**
   * The same again gives the same. Each is raised as non-retryable where it happens, by a worker
   * that may be of another version; so is what an LLM's endpoint refuses for good.
   */
  private static final String[] NOT_RETRIED = {
    FailureTypes.INVALID_INPUT,
    FailureTypes.INVALID_REQUEST,
    FailureTypes.CORRUPT,
    FailureTypes.MISSING,
    FailureTypes.ALL_FAILED
  };

  /**
   * Of all activities, in any number of attempts: a worker, a GPU, an LLM or a store that is away
   * comes back, and days of search must not be lost to it.
   */
  private static final RetryOptions RETRIES =
      RetryOptions.newBuilder()
          .setInitialInterval(FIRST_RETRY)
          .setBackoffCoefficient(BACKOFF)
          .setMaximumInterval(LONGEST_BETWEEN_RETRIES)
          .setDoNotRetry(NOT_RETRIED)
          .build();

  private Policies() {}

  /** Candidates in one evaluation activity, the same in every replay of a search. */
  static int candidatesPerActivity() {
    int version = Workflow.getVersion("candidates-per-activity", Workflow.DEFAULT_VERSION, 1);
    return version == Workflow.DEFAULT_VERSION
        ? FIRST_CANDIDATES_PER_ACTIVITY
        : CANDIDATES_PER_ACTIVITY;
  }

  /**
   * Whether a search checks its generator before anything else, keeps to limits, and evaluates each
   * operator's candidates as soon as they are there: from the version on that has limits.
   */
  static boolean withLimits() {
    return Workflow.getVersion("limits", Workflow.DEFAULT_VERSION, 1) >= 1;
  }

  /**
   * Whether a search ends where no candidate has a perplexity; asked only where that is so. Earlier
   * ones went on with candidates that nothing had chosen.
   */
  static boolean endsWhereAllFail() {
    return Workflow.getVersion("all-failed", Workflow.DEFAULT_VERSION, 1) >= 1;
  }

  /** Calibration, evaluation, pruning: long, on a device, with heartbeats that tell a death. */
  static ModelActivities model() {
    return Workflow.newActivityStub(
        ModelActivities.class,
        ActivityOptions.newBuilder()
            .setTaskQueue(TaskQueues.GPU)
            .setStartToCloseTimeout(LONGEST_MODEL_CALL)
            .setHeartbeatTimeout(HEARTBEAT_TIMEOUT)
            .setRetryOptions(RETRIES)
            .build());
  }

  /** As long as an LLM takes, with heartbeats. */
  static PopulationActivities proposals() {
    return Workflow.newActivityStub(
        PopulationActivities.class,
        ActivityOptions.newBuilder()
            .setTaskQueue(TaskQueues.LLM)
            .setStartToCloseTimeout(LONGEST_PROPOSAL)
            .setHeartbeatTimeout(HEARTBEAT_TIMEOUT)
            .setRetryOptions(RETRIES)
            .build());
  }

  /** The look at the generator before anything else: so short that no heartbeat is needed. */
  static PopulationActivities beginnings() {
    return Workflow.newActivityStub(
        PopulationActivities.class,
        ActivityOptions.newBuilder()
            .setTaskQueue(TaskQueues.LLM)
            .setStartToCloseTimeout(LONGEST_BEGINNING)
            .setRetryOptions(RETRIES)
            .build());
  }

  /** Reads and writes of the store: so short that no heartbeat is needed. */
  static PopulationActivities records() {
    return Workflow.newActivityStub(
        PopulationActivities.class,
        ActivityOptions.newBuilder()
            .setTaskQueue(TaskQueues.LLM)
            .setStartToCloseTimeout(LONGEST_RECORD)
            .setRetryOptions(RETRIES)
            .build());
  }

  /** Named after its search, so that people find it, and so that an iteration exists once. */
  static IterationWorkflow iteration(String searchId, int iteration) {
    return Workflow.newChildWorkflowStub(
        IterationWorkflow.class,
        ChildWorkflowOptions.newBuilder()
            .setWorkflowId("%s-iteration-%02d".formatted(searchId, iteration))
            .build());
  }

  /** A search of a comparison, under a name of its own: the same search may run by itself. */
  static SearchWorkflow search(String workflowId) {
    return Workflow.newChildWorkflowStub(
        SearchWorkflow.class, ChildWorkflowOptions.newBuilder().setWorkflowId(workflowId).build());
  }
}
