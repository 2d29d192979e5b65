package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.Stopping;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Searches that end before their last iteration, and that go on. */
class MeasuredStopTest {
  /** The test server suggests a new history after so many events. */
  private static final int EVENTS = 4_096;

  private final FakeBlockWorkers workers = new FakeBlockWorkers();

  @Test
  void aSearchWhoseTokensAreUsedUpEndsWithAReasonAndGoesOnWithMore() {
    SearchResult all = new MeasuredRun(new FakeBlockWorkers()).search(spec(Stopping.NEVER));

    SearchResult result = run(new Stopping(60_000L, null, null, null));

    assertThat(result.exhausted()).isEqualTo("the limit of 60,000 tokens");
    assertThat(workers.store().snapshots())
        .extracting(PopulationSnapshot::tokens)
        .as("one more iteration than fits")
        .containsExactly(21_600L, 40_000L, 57_600L, 75_200L);
    assertThat(result.fitted()).hasSize(1);

    SearchResult more = run(Stopping.NEVER);

    assertThat(more).usingRecursiveComparison().ignoringFields("alreadyKnown").isEqualTo(all);
    assertThat(workers.store().snapshots()).hasSize(7);
  }

  @Test
  void aLimitOfEvaluationsCountsProbesAndStages() {
    SearchResult result = run(new Stopping(null, 40L, null, null));

    assertThat(result.exhausted()).isEqualTo("the limit of 40 evaluations");
    assertThat(workers.store().snapshots())
        .extracting(PopulationSnapshot::evaluated)
        .containsExactly(19 + 4, 19 + 4 + 11 + 6);
  }

  @Test
  void patienceEndsWhereNoNewCandidateBecomesTheBest() {
    SearchSpec spec =
        MeasuredSpecs.full()
            .with(new Evolution(4, 40, 3, 3))
            .with(new Stopping(null, null, null, 2))
            .spec();

    SearchResult result = new MeasuredRun(workers).search(spec);

    assertThat(result.exhausted()).isEqualTo("no new best candidate for 2 iterations");
    List<PopulationSnapshot> snapshots = workers.store().snapshots();
    assertThat(snapshots).hasSizeLessThan(41);
    int last = snapshots.size() - 1;
    for (int i = last - 1; i <= last; i++) {
      assertThat(snapshots.get(i - 1).survivors())
          .extracting(Fitness::candidateId)
          .contains(snapshots.get(i).best().candidateId());
    }
    assertThat(snapshots.get(last).best().candidateId())
        .as("two that were there before have changed places, which was taken for a gain")
        .isNotEqualTo(snapshots.get(last - 1).best().candidateId());
    assertThat(snapshots.subList(last - 2, last + 1))
        .extracting(PopulationSnapshot::unchanged)
        .containsExactly(0, 1, 2);
  }

  @Test
  void goesOnInANewHistoryWhereTheOldOneIsFull() {
    SearchSpec spec = spec(Stopping.NEVER);
    SearchResult all = new MeasuredRun(new FakeBlockWorkers()).search(spec);
    try (TestWorkflowEnvironment environment = FakeServer.start(workers)) {
      SearchWorkflow search = started(environment, spec);
      String first = runId(search);
      workers.beforeRecording(request -> fillHistory(search, request.iteration()));

      SearchResult result = WorkflowStub.fromTyped(search).getResult(SearchResult.class);

      assertThat(result).usingRecursiveComparison().ignoringFields("alreadyKnown").isEqualTo(all);
      assertThat(workers.calls()).filteredOn(each -> each.equals("1 begin")).hasSize(1);
      assertThat(workers.calls()).filteredOn(each -> each.equals("1 latest")).hasSize(2);
      assertThat(runId(search)).isNotEqualTo(first);
      assertThat(WorkflowStub.fromTyped(search).describe().getMemo(Memos.LIMITS, String.class))
          .isEqualTo("those of the start");
      for (String run : List.of(first, runId(search))) {
        MeasuredRun.replay(environment.getWorkflowClient().fetchHistory(spec.workflowId(), run));
      }
    }
  }

  @Test
  void timeRunsFromTheFirstHistoryOn() {
    try (TestWorkflowEnvironment environment = FakeServer.start(workers)) {
      SearchWorkflow search = started(environment, spec(new Stopping(null, null, 60L, null)));
      takeTwentySecondsAnIteration(environment);
      workers.beforeRecording(request -> fillHistory(search, request.iteration()));

      SearchResult result = WorkflowStub.fromTyped(search).getResult(SearchResult.class);

      assertThat(result.exhausted()).isEqualTo("the limit of 60 seconds");
      assertThat(workers.store().snapshots()).as("20 seconds each").hasSize(3);
      assertThat(workers.calls()).filteredOn(each -> each.equals("1 latest")).hasSize(2);
    }
  }

  @Test
  void timeCountsOverAllWorkflowsOfASearch() {
    SearchResult first = runOfTwentySecondsAnIteration(60);
    SearchResult second = runOfTwentySecondsAnIteration(120);

    assertThat(first.exhausted()).isEqualTo("the limit of 60 seconds");
    assertThat(second.exhausted()).isEqualTo("the limit of 120 seconds");
    List<PopulationSnapshot> snapshots = workers.store().snapshots();
    assertThat(snapshots).as("three more, not all that are left").hasSize(3 + 3);
    assertThat(snapshots).extracting(PopulationSnapshot::seconds).isSorted();
    assertThat(snapshots.get(5).seconds()).isBetween(120L, 139L);
  }

  private SearchResult runOfTwentySecondsAnIteration(long limit) {
    SearchSpec spec = spec(new Stopping(null, null, limit, null));
    try (TestWorkflowEnvironment environment = FakeServer.start(workers)) {
      SearchWorkflow search = started(environment, spec);
      takeTwentySecondsAnIteration(environment);
      return WorkflowStub.fromTyped(search).getResult(SearchResult.class);
    }
  }

  /** In its first batch on most windows: for less time than it may be without a heartbeat. */
  private void takeTwentySecondsAnIteration(TestWorkflowEnvironment environment) {
    Set<Integer> begun = ConcurrentHashMap.newKeySet();
    workers.beforeCall(
        line -> {
          if (line.endsWith(" evaluated on 16 of search")
              && begun.add(workers.store().snapshots().size())) {
            environment.sleep(Duration.ofSeconds(20));
          }
        });
  }

  private static SearchWorkflow started(TestWorkflowEnvironment environment, SearchSpec spec) {
    SearchWorkflow search =
        environment
            .getWorkflowClient()
            .newWorkflowStub(
                SearchWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setTaskQueue(TaskQueues.WORKFLOW)
                    .setWorkflowId(spec.workflowId())
                    .setMemo(Map.of(Memos.LIMITS, "those of the start"))
                    .build());
    var unused = WorkflowClient.start(search::search, SearchInput.of(spec));
    return search;
  }

  /** In iteration 1. */
  private static void fillHistory(SearchWorkflow search, int iteration) {
    for (int i = 0; iteration == 1 && i < EVENTS; i++) {
      search.evaluated(new BatchProgress(0, 0, Double.POSITIVE_INFINITY, 0L));
    }
  }

  private static String runId(SearchWorkflow search) {
    return WorkflowStub.fromTyped(search).describe().getExecution().getRunId();
  }

  private SearchResult run(Stopping stopping) {
    return new MeasuredRun(workers).search(spec(stopping));
  }

  private static SearchSpec spec(Stopping stopping) {
    return MeasuredSpecs.full().with(stopping).spec();
  }
}
