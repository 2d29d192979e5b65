package dev.selfpruner.workflows;

import dev.selfpruner.activities.FailureTypes;
import dev.selfpruner.activities.search.LaunchActivities;
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
   * Of what usually takes a second or less, where half a minute would be most of the wait for a
   * dead worker. One that is merely slow has three heartbeats to lose, and is only asked the same
   * again: what it writes is written once.
   */
  private static final Duration SHORT_HEARTBEAT_TIMEOUT = Duration.ofSeconds(10);

  /**
   * A calibration or a batch of a 70B model takes hours. A worker whose native code hangs ends
   * itself, and that shows in the heartbeat.
   */
  private static final Duration LONGEST_MODEL_CALL = Duration.ofHours(24);

  /** Thirty vectors of eighty rates from a slow LLM, asked for again twice. */
  private static final Duration LONGEST_PROPOSAL = Duration.ofHours(1);

  /** An endpoint lists its models in a second; one that is being started may take a few. */
  private static final Duration LONGEST_BEGINNING = Duration.ofMinutes(1);

  /** Counting the windows of texts: a tokenizer reads some megabytes a second. */
  private static final Duration LONGEST_LAUNCH = Duration.ofMinutes(10);

  /**
   * Some dozens of reads and writes of kilobytes: a store that takes seconds for each is waited
   * for, as is its client, which gives up a silent connection after two minutes and goes on with
   * another.
   */
  private static final Duration LONGEST_RECORD = Duration.ofMinutes(5);

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

  /**
   * Iterations in one history. Each leaves about 15 events in its search's history and one more for
   * every word of progress, so that a history stays far below the 4,096 events where a server asks
   * for a new one, and a replay takes a moment; the groundwork is handed on.
   */
  static final int ITERATIONS_A_HISTORY = 20;

  /**
   * Batches of one search in the GPU queue: as many as eight GPUs compute at once, so that a pause
   * waits for no more than those. All that an iteration usually has.
   */
  private static final int BATCHES_AT_A_TIME = 8;

  /** As often as a command without a terminal prints a line. */
  private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(5);

  /**
   * References to probings in one payload, 250 bytes each, which go to every proposal of every
   * iteration; more are gathered in an artifact.
   */
  static final int PROBINGS_A_PAYLOAD = 4;

  /**
   * Pruned models of improved bests that go from iteration to iteration, 250 bytes each: all are in
   * the records of the iterations that made them.
   */
  static final int IMPROVED_A_PAYLOAD = 8;

  /** A question to the server, by a workflow worker: there is one, since the workflow runs. */
  private static final Duration LONGEST_QUESTION = Duration.ofSeconds(20);

  private Policies() {}

  /**
   * Whether a search goes on in a new history every few iterations, and tells search attributes and
   * memo: from the version on that can be steered.
   */
  static boolean isSteerable() {
    return Change.STEERABLE.isHere();
  }

  /** In searches and iterations that began before version 1, all at once. */
  static int batchesAtATime() {
    return Change.BATCHES_AT_A_TIME.isHere() ? BATCHES_AT_A_TIME : Integer.MAX_VALUE;
  }

  /** In iterations that began before version 1, every batch is told. */
  static Duration betweenReports() {
    return Change.REPORTS.isHere() ? BETWEEN_REPORTS : Duration.ZERO;
  }

  /** In workflows that began before version 1, however many there are. */
  static boolean gathersProbings() {
    return Change.GATHERED_PROBINGS.isHere();
  }

  /** In workflows that began before version 1, all are named at once. */
  static boolean namesProbesInParts() {
    return Change.PROBE_NAMES.isHere();
  }

  /** In searches that were stopped before version 1, an iteration that is cancelled is none. */
  static boolean looksAtWhatItGaveUp() {
    return Change.GIVEN_UP.isHere();
  }

  /**
   * Whether an iteration is begun again that lacked what the search has been given since; asked
   * only where one lacked something. Earlier searches ended with it.
   */
  static boolean beginsAgainWithMore() {
    return Change.AGAIN_WITH_MORE.isHere();
  }

  /**
   * Whether a final fit is not chosen on text that it was fitted on; asked only where there is no
   * other. Earlier searches chose there.
   */
  static boolean choosesOnUnreadText() {
    return Change.UNREAD_TEXT.isHere();
  }

  /**
   * Whether a search ends with its best on the search text where none of the last population has a
   * perplexity on held-out text; asked only where that is so. Earlier ones failed.
   */
  static boolean endsWithoutARank() {
    return Change.UNRANKED.isHere();
  }

  static ServerActivities server() {
    return Workflow.newActivityStub(
        ServerActivities.class,
        ActivityOptions.newBuilder()
            .setTaskQueue(TaskQueues.WORKFLOW)
            .setScheduleToCloseTimeout(LONGEST_QUESTION)
            .build());
  }

  /** Candidates in one evaluation activity, the same in every replay of a search. */
  static int candidatesPerActivity() {
    return Change.CANDIDATES_PER_ACTIVITY.isHere()
        ? CANDIDATES_PER_ACTIVITY
        : FIRST_CANDIDATES_PER_ACTIVITY;
  }

  /**
   * Whether a search checks its generator before anything else, keeps to limits, and evaluates each
   * operator's candidates as soon as they are there: from the version on that has limits.
   */
  static boolean withLimits() {
    return Change.LIMITS.isHere();
  }

  /**
   * Whether a search looks which of its runs reads what it reads: from the version on that does.
   */
  static boolean withClaims() {
    return Change.CLAIMS.isHere();
  }

  /**
   * Whether a search begins with the look at its generator that is no other's continuation.
   * Repeated runs and those of a cron, of which alone this is asked of a server, did so from
   * version 1 on.
   */
  static boolean begins() {
    return Workflow.getInfo().getContinuedExecutionRunId().isEmpty()
        || Change.BEGINS_AGAIN.isHere();
  }

  /**
   * Whether a search ends where no candidate has a perplexity; asked only where that is so. Earlier
   * ones went on with candidates that nothing had chosen.
   */
  static boolean endsWhereAllFail() {
    return Change.ALL_FAILED.isHere();
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

  /** The look at the generator before anything else. */
  static PopulationActivities beginnings() {
    return Workflow.newActivityStub(
        PopulationActivities.class,
        ActivityOptions.newBuilder()
            .setTaskQueue(TaskQueues.LLM)
            .setStartToCloseTimeout(LONGEST_BEGINNING)
            .setHeartbeatTimeout(SHORT_HEARTBEAT_TIMEOUT)
            .setRetryOptions(RETRIES)
            .build());
  }

  /** What a person waits for who has just started a search. */
  static LaunchActivities launches() {
    return Workflow.newActivityStub(
        LaunchActivities.class,
        ActivityOptions.newBuilder()
            .setTaskQueue(TaskQueues.LLM)
            .setStartToCloseTimeout(LONGEST_LAUNCH)
            .setHeartbeatTimeout(SHORT_HEARTBEAT_TIMEOUT)
            .setRetryOptions(RETRIES)
            .build());
  }

  /** Reads and writes of the store, between any two iterations. */
  static PopulationActivities records() {
    return Workflow.newActivityStub(
        PopulationActivities.class,
        ActivityOptions.newBuilder()
            .setTaskQueue(TaskQueues.LLM)
            .setStartToCloseTimeout(LONGEST_RECORD)
            .setHeartbeatTimeout(SHORT_HEARTBEAT_TIMEOUT)
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
