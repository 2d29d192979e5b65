package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Credit;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.InjectedCandidate;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.Stopping;
import dev.selfpruner.workflows.SearchProgress.Phase;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.WorkflowUpdateHandle;
import io.temporal.client.WorkflowUpdateStage;
import io.temporal.common.converter.RawValue;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What people may tell a running search, and what it answers. */
class SteeringTest {
  /** Long enough for what must not begin to begin. */
  private static final Duration A_WHILE = Duration.ofMillis(700);

  /** On the budget: 30 % of each of three layers of 200 parameters. */
  private static final PruningPlan GIVEN =
      FakeBlocks.plan(new int[] {4, 2, 4}, new int[] {90, 30, 100});

  private final FakeBlockWorkers workers = new FakeBlockWorkers();

  @Test
  void aPausedSearchBeginsNothingUntilItIsResumed() throws Exception {
    SearchResult undisturbed = new MeasuredRun(new FakeBlockWorkers()).search(spec(3));
    try (SteeredSearch search = SteeredSearch.of(spec(3), workers)) {
      CompletableFuture<SearchProgress> paused = new CompletableFuture<>();
      workers.beforeRecording(
          request -> {
            if (request.iteration() == 1) {
              paused.complete(search.pause(" GPU needed \n elsewhere", "anna"));
            }
          });
      search.begin();

      assertThat(paused.get(30, TimeUnit.SECONDS).paused())
          .isEqualTo("GPU needed elsewhere (anna)");
      eventually(() -> workers.store().snapshots().size() == 2);
      assertNothingBegins();
      assertThat(search.workflow().progress().paused()).isEqualTo("GPU needed elsewhere (anna)");
      assertThat(refusal(() -> search.pause("again", "anna")))
          .isEqualTo("the search is paused already: GPU needed elsewhere (anna)");

      assertThat(search.resume().paused()).isEmpty();
      assertThat(refusal(() -> search.resume()))
          .isEqualTo("the search is not paused: there is nothing to resume");
      assertThat(search.result())
          .usingRecursiveComparison()
          .ignoringFields("alreadyKnown")
          .isEqualTo(undisturbed);
      MeasuredRun.replay(search.history());
    }
  }

  @Test
  void anIterationUnderWayFinishesItsBatchAndBeginsNoOther() throws Exception {
    SearchSpec spec = MeasuredSpecs.full().spec();
    try (SteeredSearch search = SteeredSearch.of(spec, workers)) {
      CompletableFuture<SearchProgress> paused = new CompletableFuture<>();
      workers.beforeCall(
          line -> {
            if (line.endsWith(" evaluated on 2 of search") && !paused.isDone()) {
              paused.complete(search.pause("", null));
            }
          });
      search.begin();

      assertThat(paused.get(30, TimeUnit.SECONDS).paused()).isEqualTo("no reason given");
      eventually(() -> lastCall().equals("12 evaluated on 2 of search"));
      assertNothingBegins();
      int iteration = search.workflow().progress().iteration();

      SearchProgress unused = search.resume();
      assertThat(search.result().exhausted()).isEmpty();
      assertThat(String.join("\n", workers.calls()))
          .contains("12 evaluated on 2 of search\n6 evaluated on 4 of search");
      MeasuredRun.replay(search.iteration(iteration));
    }
  }

  @Test
  void aStoppedSearchEndsWithItsBestAndTheReasonAndGivesUpTheIterationUnderWay() {
    SearchSpec spec = MeasuredSpecs.full().spec();
    try (SteeredSearch search = SteeredSearch.of(spec, workers)) {
      workers.beforeCall(
          line -> {
            if (line.endsWith(" proposed in iteration 3")) {
              SearchProgress unused = search.stop("enough for today", "anna@desk");
              eventually(() -> search.workflow().progress().phase() != Phase.SEARCHING);
            }
          });
      search.begin();

      SearchResult result = search.result();

      assertThat(result.exhausted()).isEqualTo("a person's stop: enough for today (anna@desk)");
      PopulationSnapshot last = workers.store().snapshots().get(2);
      assertThat(result.population()).isEqualTo(last.population());
      assertThat(result.fitted()).hasSize(1);
      assertThat(workers.results()).containsExactly(result);
      assertThat(refusal(() -> search.stop("", "")))
          .as("the server or the workflow says that it is over")
          .isNotEmpty();
      MeasuredRun.replay(search.history());
    }
    workers.beforeCall(line -> {});

    SearchResult more = new MeasuredRun(workers).search(spec);

    assertThat(more.exhausted()).as("the same search goes on").isEmpty();
    assertThat(workers.store().snapshots()).hasSize(7);
  }

  @Test
  void anIterationThatIsBeingRecordedAsItsSearchIsStoppedCounts() throws Exception {
    try (SteeredSearch search = SteeredSearch.of(MeasuredSpecs.full().spec(), workers)) {
      workers.beforeRecording(
          request -> {
            if (request.iteration() == 3) {
              SearchProgress unused = search.stop("", "");
              LockSupport.parkNanos(A_WHILE.toNanos());
            }
          });
      search.begin();

      SearchResult result = search.result();

      assertThat(workers.store().snapshots()).hasSize(4);
      assertThat(result.population()).isEqualTo(workers.store().snapshots().get(3).population());
      MeasuredRun.replay(search.history());
      MeasuredRun.replay(search.iteration(3));
    }
  }

  @Test
  void aSearchThatIsPausedInItsLastIterationWaitsAndMayBeExtended() throws Exception {
    try (SteeredSearch search = SteeredSearch.of(MeasuredSpecs.full().spec(), workers)) {
      CompletableFuture<SearchProgress> paused = new CompletableFuture<>();
      workers.beforeRecording(
          request -> {
            if (request.iteration() == 6) {
              paused.complete(search.pause("", ""));
            }
          });
      search.begin();
      SearchProgress unused = paused.get(30, TimeUnit.SECONDS);
      eventually(() -> workers.store().snapshots().size() == 7);
      assertNothingBegins();

      unused = search.extend(iterations(1));
      unused = search.resume();

      assertThat(search.result().exhausted()).isEmpty();
      assertThat(workers.store().snapshots()).hasSize(8);
    }
  }

  @Test
  void aSearchStoppedWhilePausedOrBeforeItsFirstPopulationEndsAfterIt() {
    try (SteeredSearch search = SteeredSearch.of(spec(3), workers)) {
      workers.beforeCall(
          line -> {
            if (line.startsWith("4 INITIALISE")) {
              SearchProgress unused = search.pause("", "");
              unused = search.stop("", "");
              assertThat(refusal(() -> search.extend(iterations(3))))
                  .isEqualTo("the search is to end: a person's stop: no reason given");
            }
          });
      search.begin();

      assertThat(search.result().exhausted()).isEqualTo("a person's stop: no reason given");
      assertThat(workers.store().snapshots()).hasSize(1);
    }
  }

  @Test
  void anExtensionAddsIterationsAndMovesLimits() {
    SearchSpec spec = MeasuredSpecs.plain(2).with(new Stopping(null, 15L, null, null)).spec();
    try (SteeredSearch search = SteeredSearch.of(spec, workers)) {
      workers.beforeRecording(
          request -> {
            if (request.iteration() == 1) {
              SearchProgress more =
                  search.extend(new Extension(2, null, 14L, null, null, null, null));
              assertThat(more.evaluations()).isEqualTo(4 + 4 * 8);
            }
          });
      search.begin();

      SearchResult result = search.result();

      assertThat(workers.store().snapshots())
          .extracting(PopulationSnapshot::evaluated)
          .containsExactly(4, 12, 20, 28, 36);
      assertThat(result.exhausted()).isEmpty();
      assertThat(search.workflow().spending())
          .extracting(SpendingView::iterations, each -> each.stopping().evaluations())
          .containsExactly(4, 29L);
    }
  }

  @Test
  void patienceThatHasRunOutIsExtendedWhilePaused() throws Exception {
    SearchSpec spec = MeasuredSpecs.plain(40).with(new Stopping(null, null, null, 1)).spec();
    try (SteeredSearch search = SteeredSearch.of(spec, workers)) {
      CompletableFuture<SearchProgress> paused = new CompletableFuture<>();
      workers.beforeRecording(
          request -> {
            if (request.unchanged() == 1 && !paused.isDone()) {
              paused.complete(search.pause("", ""));
            }
          });
      search.begin();
      SearchProgress unused = paused.get(30, TimeUnit.SECONDS);
      eventually(
          () -> workers.store().snapshots().stream().anyMatch(each -> each.unchanged() == 1));
      assertNothingBegins();
      int before = workers.store().snapshots().size();

      unused = search.extend(new Extension(null, null, null, null, null, null, 2));
      unused = search.resume();

      assertThat(search.result().exhausted()).isEqualTo("no new best candidate for 3 iterations");
      assertThat(workers.store().snapshots()).hasSizeGreaterThan(before + 1);
    }
  }

  @Test
  void aGivenCandidateIsOneOfTheNextIterationsOffspring() {
    try (SteeredSearch search = SteeredSearch.of(spec(3), workers)) {
      workers.beforeRecording(
          request -> {
            if (request.iteration() == 0) {
              SearchProgress unused = search.inject(InjectedCandidate.of(GIVEN));
            }
          });
      search.begin();

      SearchResult result = search.result();

      assertThat(workers.calls()).contains("1 kept", "1 INJECT proposed in iteration 1");
      assertThat(workers.calls()).doesNotContain("1 INJECT proposed in iteration 2");
      assertThat(result.credits())
          .filteredOn(credit -> credit.operator() == Operator.INJECT)
          .extracting(Credit::offspring)
          .containsExactly(1);
      assertThat(result.evaluations()).isEqualTo(4 + 8 + 1 + 8 + 8);
      MeasuredRun.replay(search.history());
      MeasuredRun.replay(search.iteration(1));
    }
  }

  @Test
  void whatCannotBeDoneIsRefusedWithAReasonAndLeavesNothingInTheHistory() {
    try (SteeredSearch search = SteeredSearch.of(spec(1), workers)) {
      workers.beforeRecording(
          request -> {
            if (request.iteration() == 0) {
              assertThat(refusal(search::resume)).contains("not paused");
              assertThat(refusal(() -> search.pause("x".repeat(501), "")))
                  .isEqualTo("a reason has at most 500 characters");
              assertThat(refusal(() -> search.extend(Extension.NOTHING)))
                  .startsWith("an extension adds to at least one of iterations, tokens,");
              assertThat(
                      refusal(
                          () -> search.extend(new Extension(1, 5L, null, null, null, null, null))))
                  .isEqualTo("tokens: the search has no limit that could be extended");
              assertThat(
                      refusal(
                          () ->
                              search.extend(
                                  new Extension(null, null, null, null, null, 2.5, null))))
                  .isEqualTo("cost: the search has no limit that could be extended");
              assertThat(
                      refusal(
                          () -> search.inject(InjectedCandidate.of(LayerRates.uniform(4, 0.3)))))
                  .isEqualTo("a candidate for 4 layers, but the model has 3");
              assertThat(
                      refusal(() -> search.update("inject", Map.of("rates", List.of(0.3, 1.5, 0)))))
                  .contains("rates[1]: 1.5 is out of [0, 1)");
              assertThat(refusal(() -> search.update("inject", Map.of())))
                  .contains("a candidate is given by rates, or by queryHeads and neurons");
              assertThat(refusal(() -> search.update("extend", Map.of("iterations", -1))))
                  .contains("an extension adds: -1 iterations");
            }
          });
      search.begin();

      assertThat(search.result().exhausted()).isEmpty();
      assertThat(search.events(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)).isZero();
    }
  }

  @Test
  void whatAPersonTypesInAFormIsTakenOrNamed() throws Exception {
    try (SteeredSearch search = SteeredSearch.of(spec(1_000), workers)) {
      CompletableFuture<SearchProgress> paused = new CompletableFuture<>();
      workers.beforeRecording(
          request -> {
            if (request.iteration() == 0) {
              paused.complete(search.update("pause"));
            }
          });
      search.begin();
      assertThat(paused.get(30, TimeUnit.SECONDS).paused()).isEqualTo("no reason given");
      assertThat(search.update("resume", Map.of("what", "ever")).paused()).isEmpty();
      Map<String, String> words = Map.of("reason", "GPU needed", "by", "anna");
      assertThat(search.update("pause", words).paused()).isEqualTo("GPU needed (anna)");

      refuses(search, "stop", 7, "reason: 7 is not text in quotes: give \"a reason\", ");
      refuses(search, "stop", List.of("a"), "reason: [\"a\"] is not text in quotes: give ");
      refuses(
          search,
          "stop",
          Map.of("because", "x"),
          "because: there is no such field; there are reason, by");
      refuses(search, "stop", Map.of("by", 7), "by: 7 is not text in quotes");
      refuses(
          search,
          "extend",
          5,
          "the input is not a JSON object but 5: give one such as {\"iterations\": 10}");
      refuses(
          search,
          "extend",
          Map.of("iterations", "ten"),
          "iterations: \"ten\" is not a whole number");
      refuses(
          search,
          "extend",
          Map.of("iteration", 1),
          "iteration: there is no such field; there are iterations,");
      refuses(
          search,
          "inject",
          Map.of("rates", Arrays.asList(0.1, null)),
          "rates[1]: null is not a value");
      refuses(search, "inject", Map.of("rates", 0.3), "rates: 0.3 is not a list");
      refuses(
          search,
          "inject",
          "best",
          "the input is not a JSON object but \"best\": give one such as {\"rates\": ");
      refuses(search, "inject", json("{\"rates\": [0.1"), "the input is not JSON: ");
      refuses(
          search,
          "extend",
          json("{\"iterations\": 1, \"iterations\": 1000}"),
          "the input is not JSON: Duplicate field 'iterations'");
      search.untyped().signal("evaluated");
      search.untyped().signal("evaluated", "what a person types");
      assertThat(refusal(() -> search.update("inject"))).contains("give one such as {\"rates\": ");
      assertThat(refusal(() -> search.update("extend")))
          .startsWith("an extension adds to at least");

      assertThat(search.extend(iterations(Integer.MAX_VALUE - 1_000)).evaluations())
          .as("more than can be counted")
          .isEqualTo(Integer.MAX_VALUE);
      assertThat(search.update("stop", Map.of("reason", "enough")).paused()).isEmpty();
      assertThat(search.result().exhausted()).isEqualTo("a person's stop: enough");
      assertThat(search.events(EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)).isZero();
      MeasuredRun.replay(search.history());
    }
  }

  @Test
  void candidatesThatNoWorkerHasStoredYetWaitToo() throws Exception {
    try (SteeredSearch search = SteeredSearch.of(spec(2), workers)) {
      List<WorkflowUpdateHandle<SearchProgress>> taken = new CopyOnWriteArrayList<>();
      CompletableFuture<String> refused = new CompletableFuture<>();
      workers.beforeCall(
          line -> {
            if (line.equals("1 windows of search") && !refused.isDone()) {
              // the budget that candidates are brought onto isn't known before this ends
              for (int i = 0; i < Steering.MOST_INJECTED; i++) {
                taken.add(
                    search
                        .untyped()
                        .startUpdate(
                            "inject",
                            WorkflowUpdateStage.ACCEPTED,
                            SearchProgress.class,
                            InjectedCandidate.of(GIVEN)));
              }
              CompletableFuture.supplyAsync(
                      () -> refusal(() -> search.inject(InjectedCandidate.of(GIVEN))))
                  .completeOnTimeout("taken", 5, TimeUnit.SECONDS)
                  .thenAccept(refused::complete)
                  .join();
            }
          });
      search.begin();

      assertThat(refused.get(30, TimeUnit.SECONDS))
          .isEqualTo(
              "16 candidates wait for the next iteration already: try again when it has begun");
      assertThat(search.result().exhausted()).isEmpty();
      assertThat(taken).hasSize(16);
      for (WorkflowUpdateHandle<SearchProgress> each : taken) {
        assertThat(each.getResult()).isNotNull();
      }
      assertThat(workers.requests(InjectedCandidate.class)).hasSize(16);
      MeasuredRun.replay(search.history());
    }
  }

  @Test
  void ratesThatNoPlanMeetsFailTheirUpdateAndNotTheSearch() {
    try (SteeredSearch search = SteeredSearch.of(spec(1), workers)) {
      workers.beforeRecording(
          request -> {
            if (request.iteration() == 0) {
              assertThat(
                      refusal(
                          () ->
                              search.inject(
                                  new InjectedCandidate(List.of(0.95, 0.0, 0.1), null, null))))
                  .isEqualTo("no plan with these rates");
            }
          });
      search.begin();

      assertThat(search.result().exhausted()).isEmpty();
      assertThat(workers.calls()).noneMatch(call -> call.contains("INJECT"));
    }
  }

  @Test
  void tellsItsPopulationItsBestAndItsSpending() {
    try (SteeredSearch search = SteeredSearch.of(spec(2), workers)) {
      workers.beforeCall(
          line -> {
            if (line.equals("1 windows of search")) {
              assertThat(search.workflow().population())
                  .isEqualTo(new PopulationView(-1, List.of(), List.of(), List.of()));
              assertThat(search.workflow().best().survivors()).isEmpty();
            }
          });
      search.begin();
      SearchResult result = search.result();

      PopulationView population = search.workflow().population();
      PopulationSnapshot last = workers.store().snapshots().get(2);
      assertThat(population.iteration()).isEqualTo(2);
      assertThat(population.population()).containsExactly(result.population());
      assertThat(population.survivors()).isEqualTo(last.survivors());
      assertThat(population.credits()).isEqualTo(last.credits());
      assertThat(search.workflow().best().survivors())
          .extracting(Fitness::candidateId)
          .containsExactly(last.best().candidateId());
      SpendingView spending = search.workflow().spending();
      assertThat(spending.tokens()).isEqualTo(last.tokens());
      assertThat(spending.llmLimits()).isEqualTo(LlmLimits.NONE);
    }
  }

  private void assertNothingBegins() throws InterruptedException {
    int before = workers.calls().size();
    Thread.sleep(A_WHILE.toMillis());
    assertThat(workers.calls()).hasSize(before);
  }

  private String lastCall() {
    List<String> calls = workers.calls();
    return calls.get(calls.size() - 1);
  }

  private static void refuses(SteeredSearch search, String update, Object input, String reason) {
    assertThat(refusal(() -> search.update(update, input))).startsWith(reason);
  }

  private static RawValue json(String json) {
    return new RawValue(
        Payload.newBuilder()
            .putMetadata("encoding", ByteString.copyFromUtf8("json/plain"))
            .setData(ByteString.copyFromUtf8(json))
            .build());
  }

  /** Why an update is refused. */
  private static String refusal(Runnable update) {
    try {
      update.run();
    } catch (WorkflowUpdateException e) {
      return ((io.temporal.failure.ApplicationFailure) root(e)).getOriginalMessage();
    } catch (io.temporal.client.WorkflowException e) {
      return e.getMessage();
    }
    throw new AssertionError("not refused");
  }

  private static Throwable root(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static Extension iterations(int count) {
    return new Extension(count, null, null, null, null, null, null);
  }

  private static SearchSpec spec(int iterations) {
    return MeasuredSpecs.plain(iterations).spec();
  }

  private static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }
}
