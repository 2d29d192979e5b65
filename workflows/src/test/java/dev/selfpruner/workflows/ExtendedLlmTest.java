package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.InjectedCandidate;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.Stopping;
import io.temporal.api.enums.v1.EventType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * A search whose first iteration, after a population for 400 tokens, wants 600 more of its LLM and
 * has 400.
 */
class ExtendedLlmTest {
  private static final Generator LLM =
      Generator.LargeLanguageModel.compatible("http://localhost/v1", "llm", 1, 100);

  private static final Extension ENOUGH =
      new Extension(null, null, null, null, 99_200L, null, null);

  private static final Extension OF_ANOTHER_KIND =
      new Extension(3, null, null, null, null, null, null);

  private final FakeBlockWorkers workers = new FakeBlockWorkers();

  @Test
  void goesOnAsIfItHadHadMoreWhereItIsExtendedAfterItsLimitWasReached() throws Exception {
    SearchResult undisturbed = new MeasuredRun(new FakeBlockWorkers()).search(spec(100_000L));
    try (SteeredSearch search = SteeredSearch.of(spec(800L), workers)) {
      pauseAtItsLimit(search);

      SearchProgress unused = search.extend(ENOUGH);
      unused = search.resume();

      assertThat(search.result())
          .usingRecursiveComparison()
          .ignoringFields("alreadyKnown")
          .isEqualTo(undisturbed);
      assertThat(workers.proposalsBy(Operator.CROSS_OVER))
          .extracting(request -> request.iteration() + ": " + request.limits().tokens())
          .startsWith("1: 800", "1: 100000", "2: 100000");
      MeasuredRun.replay(search.history());
    }
  }

  @Test
  void goesOnWhereItIsExtendedWhileTheIterationThatLacksItIsUnderWay() {
    SteeredSearch search = SteeredSearch.of(spec(800L), workers);
    try (search) {
      workers.beforeRecording(
          request -> {
            if (request.iteration() == 0) {
              SearchProgress unused =
                  search.inject(
                      InjectedCandidate.of(
                          FakeBlocks.plan(new int[] {4, 2, 4}, new int[] {90, 30, 100})));
            }
            if (!request.exhausted().isEmpty()) {
              SearchProgress unused = search.extend(ENOUGH);
            }
          });
      search.begin();

      assertThat(search.result().exhausted()).isEmpty();
      assertThat(workers.calls())
          .as("what a person gave is not lost with the first attempt")
          .filteredOn("1 INJECT proposed in iteration 1"::equals)
          .hasSize(2);
      assertThat(workers.store().snapshots()).hasSize(7);
    }
  }

  @Test
  void endsWithItsLimitWhereOnlyAnotherOneIsExtended() throws Exception {
    try (SteeredSearch search = SteeredSearch.of(spec(800L), workers)) {
      pauseAtItsLimit(search);

      SearchProgress unused = search.extend(OF_ANOTHER_KIND);
      unused = search.resume();

      assertThat(search.result().exhausted()).isEqualTo("the limit of 800 LLM tokens");
      assertThat(workers.store().snapshots()).hasSize(1);
    }
  }

  @Test
  void beginsNothingAgainWhereTimeIsOverMeanwhile() throws Exception {
    SearchSpec spec =
        MeasuredSpecs.full()
            .with(LLM)
            .with(new Stopping(null, null, 3_600L, null))
            .spec(limits(800L));
    try (SteeredSearch search = SteeredSearch.of(spec, workers)) {
      pauseAtItsLimit(search);
      search.environment().sleep(Duration.ofHours(2));

      SearchProgress unused = search.extend(ENOUGH);
      unused = search.resume();

      assertThat(search.result().exhausted()).isEqualTo("the limit of 800 LLM tokens");
      assertThat(workers.store().snapshots()).hasSize(1);
    }
  }

  private void pauseAtItsLimit(SteeredSearch search) throws Exception {
    CompletableFuture<SearchProgress> paused = new CompletableFuture<>();
    workers.beforeRecording(
        request -> {
          if (!request.exhausted().isEmpty() && !paused.isDone()) {
            paused.complete(search.pause("", ""));
          }
        });
    search.begin();
    SearchProgress unused = paused.get(30, TimeUnit.SECONDS);
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (search.events(EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED) < 2) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private static SearchSpec spec(long llmTokens) {
    return MeasuredSpecs.full().with(LLM).spec(limits(llmTokens));
  }

  private static LlmLimits limits(long llmTokens) {
    return new LlmLimits(llmTokens, null, List.of());
  }
}
