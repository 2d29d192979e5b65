package dev.selfpruner.workflows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.FailureTypes;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.activities.search.Stopping;
import dev.selfpruner.activities.search.TextWindows;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SearchWorkflowTest {
  private static final TextWindows TEXT = new TextWindows("text", 128, 0, 4, true);

  /** Iterations are named after their search, so a replay needs its name. */
  private static final String RECORDED_SEARCH = "search-948c9b8109d91b53";

  private final FakeWorkers workers = new FakeWorkers();

  @Test
  void evaluatesEveryCandidateOnceAndKeepsTheBestOfParentsAndOffspring() {
    SearchResult result = run(spec(new Evolution(6, 3, 2, 3), false));

    assertThat(workers.evaluated()).hasSize(6 + 3 * (2 + 3)).doesNotHaveDuplicates();
    assertThat(result.evaluations()).isEqualTo(21);
    assertThat(workers.snapshots())
        .extracting(PopulationSnapshot::iteration)
        .containsExactly(0, 1, 2, 3);
    assertThat(workers.snapshots()).allSatisfy(each -> assertThat(each.survivors()).hasSize(6));
    // The fake's later candidates are better: the last iteration's five, and one from before.
    assertThat(workers.snapshots().get(3).survivors())
        .extracting(Fitness::candidateId)
        .containsExactly(
            "CROSS_OVER-3-2",
            "CROSS_OVER-3-1",
            "MUTATE-3-1",
            "CROSS_OVER-3-0",
            "MUTATE-3-0",
            "CROSS_OVER-2-2");
    assertThat(result.bestId()).isEqualTo("CROSS_OVER-3-2");
  }

  @Test
  void reportsDenseUniformAndSearchedOnTheTestText() {
    SearchResult result = run(spec(new Evolution(4, 1, 1, 1), false));

    assertThat(result.dense().perplexity()).isCloseTo(Math.exp(1), within(1e-9));
    assertThat(result.uniform().perplexity()).isCloseTo(Math.exp(1 + 4 * 0.3), within(1e-9));
    assertThat(result.searched().perplexity()).isLessThan(result.uniform().perplexity());
    assertThat(workers.results()).containsExactly(result);
  }

  @Test
  void keepsThePrunedModelOfEveryImprovedBestWhenAsked() {
    SearchSpec spec = spec(new Evolution(4, 2, 1, 0), true).withFormat(ModelFormat.PADDED);
    SearchResult result = run(spec);

    assertThat(workers.pruned())
        .containsExactly("INITIALISE-0-3", "MUTATE-1-0", "MUTATE-2-0", "MUTATE-2-0");
    assertThat(result.improved()).hasSize(3).last().isEqualTo(result.model());
    assertThat(result.improved()).extracting(PrunedModel::format).containsOnly(ModelFormat.PADDED);
  }

  @Test
  void aSearchWhoseTokensRunOutEndsWithItsBestAndTheReasonAndGoesOnWithMoreOfThem() {
    Evolution evolution = new Evolution(4, 3, 2, 2);
    LlmLimits limits = new LlmLimits(1_100L, null, List.of());

    SearchResult result = run(spec(evolution, false, limits));

    assertThat(result.exhausted()).isEqualTo("the limit of tokens");
    assertThat(result.evaluations()).isEqualTo(4 + 4 + 3);
    assertThat(result.spending()).isEqualTo(new Spending(5, 0, 1_100, 0));
    assertThat(result.bestId()).isEqualTo("MUTATE-2-1");
    assertThat(workers.spentBefore())
        .as("what one proposal spends is known to the next")
        .extracting(Spending::tokens)
        .containsExactly(0L, 400L, 600L, 800L, 1_000L);

    SearchResult more = run(spec(evolution, false));

    assertThat(more.exhausted()).isEmpty();
    assertThat(more.evaluations()).isEqualTo(4 + 3 * 4);
    assertThat(more.spending().tokens()).isEqualTo(1_600);
  }

  @Test
  void aSearchAsPublishedKeepsToWhatStopsItToo() {
    SearchSpec search = spec(new Evolution(6, 3, 2, 3), false);

    SearchResult result = run(search.withStopping(new Stopping(null, 11L, null, null)));

    assertThat(result.exhausted()).isEqualTo("the limit of 11 evaluations");
    assertThat(workers.snapshots())
        .extracting(PopulationSnapshot::evaluated)
        .containsExactly(6, 6 + 5);

    assertThat(run(search).evaluations()).isEqualTo(21);
  }

  @Test
  void retriesAFailedEvaluation() {
    workers.failEvaluation("INITIALISE-0-1", 2);

    run(spec(new Evolution(4, 0, 0, 0), false));

    assertThat(workers.evaluated()).contains("INITIALISE-0-1");
  }

  @Test
  void aCandidateThatFailsIsNeverChosenAndTheSearchGoesOn() {
    workers.breakCandidates("CROSS_OVER-3", "its loss is not finite on 2 of 8 windows");

    SearchResult result = run(spec(new Evolution(4, 3, 2, 3), false));

    assertThat(result.evaluations()).isEqualTo(4 + 3 * 5);
    assertThat(result.bestId()).isEqualTo("MUTATE-3-1");
    assertThat(workers.snapshots().get(3).survivors()).allMatch(Fitness::isFinite);
  }

  @Test
  void aPopulationThatFailsAltogetherEndsTheSearchWithTheReason() {
    workers.breakCandidates("INITIALISE", "out of memory with this candidate alone");

    assertThatThrownBy(() -> run(spec(new Evolution(4, 3, 2, 3), false)))
        .rootCause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo(FailureTypes.ALL_FAILED);
              assertThat(failure.getOriginalMessage())
                  .contains("all 4 candidates failed")
                  .contains("INITIALISE-0-0 with: out of memory with this candidate alone - ");
            });
    assertThat(workers.evaluated()).hasSize(4);
  }

  @Test
  void goesOnFromTheLastRecordedIterationOnAServerThatRemembersNothing() {
    SearchSpec longer = spec(new Evolution(4, 3, 1, 1), false);
    SearchSpec shorter = spec(new Evolution(4, 1, 1, 1), false);
    run(shorter);
    workers.giveRecords(shorter.key(), longer.key()); // as if it had been stopped there
    int before = workers.evaluated().size();

    SearchResult result = run(longer);

    assertThat(workers.evaluated()).hasSize(before + 2 * 2);
    assertThat(result.evaluations()).isEqualTo(4 + 3 * 2);
  }

  @Test
  void selectionBreaksTiesByIdSoThatItIsTheSameOnEveryReplay() {
    List<Fitness> parents = List.of(new Fitness("b", 2, false), new Fitness("d", 1, true));
    List<Fitness> offspring = List.of(new Fitness("a", 2, false), new Fitness("c", 3, false));

    assertThat(Selection.best(parents, offspring, 3))
        .extracting(Fitness::candidateId)
        .containsExactly("d", "a", "b");
  }

  /**
   * Searches under way when the workflows' code is replaced must go on; these were recorded
   * earlier.
   */
  @ParameterizedTest
  @ValueSource(strings = {"search.json", "iteration.json"})
  void replaysTheHistoriesOfEarlierSearches(String name) throws IOException {
    try (InputStream json = getClass().getResourceAsStream("histories/" + name)) {
      replay(
          WorkflowExecutionHistory.fromJson(
              new String(json.readAllBytes(), UTF_8), RECORDED_SEARCH));
    }
  }

  private SearchResult run(SearchSpec spec) {
    try (TestWorkflowEnvironment environment = FakeServer.start(workers)) {
      SearchWorkflow search =
          FakeServer.workflow(environment, SearchWorkflow.class, spec.workflowId());
      SearchResult result = search.search(SearchInput.of(spec));
      assertThat(search.progress().phase()).isEqualTo(SearchProgress.Phase.FINISHED);
      assertThat(search.progress().evaluated()).isEqualTo(result.evaluations());
      for (String id : List.of(spec.workflowId(), lastIteration(spec, result))) {
        replay(environment.getWorkflowClient().fetchHistory(id));
      }
      return result;
    }
  }

  /** An iteration in which an LLM's limit was reached is not recorded. */
  private String lastIteration(SearchSpec spec, SearchResult result) {
    int recorded = workers.recorded(spec.key());
    boolean within = result.isExhausted() && spec.limits().any();
    return "%s-iteration-%02d".formatted(spec.workflowId(), within ? recorded : recorded - 1);
  }

  private static void replay(WorkflowExecutionHistory history) {
    try {
      WorkflowReplayer.replayWorkflowExecution(
          history, SearchWorkflowImpl.class, IterationWorkflowImpl.class);
    } catch (Exception e) {
      throw new AssertionError("the history does not replay", e);
    }
  }

  private static SearchSpec spec(Evolution evolution, boolean keepImproved) {
    return spec(evolution, keepImproved, LlmLimits.NONE);
  }

  private static SearchSpec spec(Evolution evolution, boolean keepImproved, LlmLimits limits) {
    return new SearchSpec(
        "model",
        0.3,
        1,
        evolution,
        new Generator.BuiltIn(),
        new Generator.BuiltIn(),
        limits,
        7,
        TEXT,
        TEXT,
        TEXT,
        new Objective.Perplexity(),
        keepImproved,
        1);
  }
}
