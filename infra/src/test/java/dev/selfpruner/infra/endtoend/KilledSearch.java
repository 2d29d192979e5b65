package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** {@code kill -9} of a whole command in the middle of a search, and the same command again. */
final class KilledSearch {
  private static final int EVALUATIONS_BEFORE_THE_KILL = 6;
  static final long SOON_SECONDS = 60;
  private static final long PATIENCE_MILLIS = 120_000;

  private KilledSearch() {}

  static void killInTheMiddle(DemoSearch search, Map<String, String> environment, String... more)
      throws Exception {
    CommandProcess command = search.start(environment, more);
    awaitTheMiddle(search, command);
    ProcessHandle worker = command.gpuWorker();
    command.kill();
    worker.onExit().get(SOON_SECONDS, TimeUnit.SECONDS);
    assertThat(search.journal().ended()).isLessThan(DemoSearch.EVALUATIONS);
  }

  static void awaitTheMiddle(DemoSearch search, CommandProcess command) throws Exception {
    await(search, command, journal -> journal.ended() >= EVALUATIONS_BEFORE_THE_KILL);
  }

  static void awaitAnEvaluationInTheMiddle(DemoSearch search, CommandProcess command)
      throws Exception {
    awaitTheMiddle(search, command);
    await(search, command, journal -> journal.begun() > journal.ended());
  }

  private static void await(DemoSearch search, CommandProcess command, Predicate<Journal> condition)
      throws Exception {
    long end = System.currentTimeMillis() + PATIENCE_MILLIS;
    while (!condition.test(search.journal())) {
      assertThat(command.isRunning()).as(command.errors()).isTrue();
      assertThat(System.currentTimeMillis()).as(command.errors()).isLessThan(end);
      Thread.sleep(5);
    }
  }

  static void assertGoesOn(DemoSearch search, CommandProcess again) throws Exception {
    JsonNode result = again.result();
    assertThat(again.errors()).contains("Going on where this search was interrupted.");
    assertThat(result.path("evaluations").asInt()).isEqualTo(DemoSearch.EVALUATIONS);
    Journal journal = search.journal();
    assertThat(journal.processes()).isEqualTo(2);
    assertNothingRepeated(journal);
  }

  static void assertNothingRepeated(Journal journal) {
    assertThat(journal.repeated()).isEmpty();
    // Candidates may share a plan, so there may be fewer; what was under way at the kill began
    // twice, together.
    assertThat(journal.ended())
        .isLessThanOrEqualTo(DemoSearch.EVALUATIONS + DemoSearch.MEASUREMENTS);
    assertThat(journal.begun() - journal.ended()).isBetween(0L, (long) DemoSearch.TOGETHER);
  }
}
