package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.InjectedCandidate;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Probing;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.Stopping;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.WorkflowExecutionHistory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Searches of more iterations than one history is to hold. */
class LongSearchTest {
  private static final int ITERATIONS = 3 * Policies.ITERATIONS_A_HISTORY + 2;

  /** A payload, with what Temporal writes beside it. */
  private static final int LARGEST_EVENT = 8 << 10;

  private final FakeBlockWorkers workers = new FakeBlockWorkers();

  @Test
  void goesOnInANewHistoryEveryFewIterationsToTheSameEnd() {
    SearchSpec spec = MeasuredSpecs.plain(ITERATIONS).keepingImproved().spec();
    try (SteeredSearch search = SteeredSearch.of(spec, workers).begin()) {
      SearchResult result = search.result();

      List<WorkflowExecutionHistory> histories = search.histories();
      assertThat(histories).hasSize(4);
      for (WorkflowExecutionHistory history : histories) {
        assertThat(history.getEvents()).hasSizeLessThan(20 * Policies.ITERATIONS_A_HISTORY);
        assertThat(history.getEvents())
            .allSatisfy(event -> assertThat(size(event)).isLessThan(LARGEST_EVENT));
        MeasuredRun.replay(history);
      }
      assertThat(result.evaluations()).isEqualTo(4 + ITERATIONS * 8);
      assertThat(result.improved()).hasSizeLessThanOrEqualTo(Policies.IMPROVED_A_PAYLOAD);
      for (String once : List.of("1 begin", "1 windows of search", "1 conclude")) {
        assertThat(workers.calls()).as(once).containsOnlyOnce(once);
      }
      assertThat(workers.store().snapshots())
          .usingRecursiveFieldByFieldElementComparatorIgnoringFields("seconds") // the clock's
          .isEqualTo(withoutNewHistories(spec, ITERATIONS));
    }
  }

  /** As many probes as a model of a few dozen layers has, by the number of their levels. */
  @Test
  void namesAndNumbersOfManyProbesStayOutOfTheHistory() {
    int levels = 90;
    int probes = 3 * (FakeBlocks.HEADS - 1) + 3 * levels;
    MeasuredSpecs specs = MeasuredSpecs.full().with(new Evolution(4, 1, 3, 3));
    SearchSpec spec = specs.with(new Probing(levels, 8, 8, 0.1, 0)).spec();
    try (SteeredSearch search = SteeredSearch.of(spec, workers).begin()) {
      SearchResult result = search.result();

      assertThat(result.exhausted()).isEmpty();
      for (WorkflowExecutionHistory history : List.of(search.history(), search.iteration(1))) {
        assertThat(history.getEvents())
            .allSatisfy(event -> assertThat(size(event)).isLessThan(LARGEST_EVENT));
        MeasuredRun.replay(history);
      }
      assertThat(workers.calls()).anyMatch(call -> call.endsWith(" gathered"));
      assertThat(
              workers.requests(EvaluationRequest.class).stream()
                  .flatMap(request -> request.ids().stream())
                  .filter(id -> id.matches("[0-5]-\\d+"))
                  .distinct())
          .hasSize(probes);
    }
  }

  @Test
  void whatItWasToldHoldsInTheNextHistory() throws Exception {
    SearchSpec spec = MeasuredSpecs.plain(Policies.ITERATIONS_A_HISTORY + 2).spec();
    try (SteeredSearch search = SteeredSearch.of(spec, workers)) {
      CompletableFuture<String> told = new CompletableFuture<>();
      workers.beforeRecording(
          request -> {
            if (request.iteration() == Policies.ITERATIONS_A_HISTORY - 1) {
              SearchProgress unused =
                  search.extend(new Extension(3, null, null, null, null, null, null));
              unused =
                  search.inject(
                      InjectedCandidate.of(
                          FakeBlocks.plan(new int[] {4, 2, 4}, new int[] {90, 30, 100})));
              unused = search.pause("until tomorrow", "anna");
              told.complete(search.runId());
            }
          });
      search.begin();
      String first = told.get(60, TimeUnit.SECONDS);
      for (int i = 0; i < 500 && search.runId().equals(first); i++) {
        Thread.sleep(20);
      }
      assertThat(search.runId()).isNotEqualTo(first);

      assertThat(search.workflow().progress().paused()).isEqualTo("until tomorrow (anna)");
      for (int i = 0; i < 500 && search.workflow().progress().iteration() == 0; i++) {
        Thread.sleep(20); // until it has read where it is
      }
      assertThat(search.workflow().progress().iteration()).isEqualTo(Policies.ITERATIONS_A_HISTORY);

      SearchProgress unused = search.resume();
      SearchResult result = search.result();
      assertThat(result.evaluations()).isEqualTo(4 + 8 * (Policies.ITERATIONS_A_HISTORY + 5) + 1);
      assertThat(workers.calls())
          .contains("1 INJECT proposed in iteration " + Policies.ITERATIONS_A_HISTORY);
    }
  }

  /** Each iteration by a search of its own, which ends after it, and so has one history. */
  private static List<PopulationSnapshot> withoutNewHistories(SearchSpec spec, int iterations) {
    FakeBlockWorkers others = new FakeBlockWorkers();
    int part = Policies.ITERATIONS_A_HISTORY - 1;
    for (int last = part; last < iterations; last += part) {
      SearchSpec stopped = spec.withStopping(new Stopping(null, 4L + 8L * last, null, null));
      try (SteeredSearch search = SteeredSearch.of(stopped, others).begin()) {
        assertThat(search.result().exhausted()).isNotEmpty();
        assertThat(search.histories()).hasSize(1);
      }
    }
    try (SteeredSearch search = SteeredSearch.of(spec, others).begin()) {
      assertThat(search.result().exhausted()).isEmpty();
      assertThat(search.histories()).hasSize(1);
    }
    return others.store().snapshots();
  }

  private static int size(HistoryEvent event) {
    return event.getSerializedSize();
  }
}
