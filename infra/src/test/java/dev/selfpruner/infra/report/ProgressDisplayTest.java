package dev.selfpruner.infra.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.infra.Console;
import dev.selfpruner.workflows.SearchProgress;
import dev.selfpruner.workflows.SearchProgress.Phase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final AtomicLong clock = new AtomicLong();

  @Test
  void writesALineEveryFiveSecondsWhereThereIsNoTerminal() {
    ProgressDisplay display = display(0);
    for (int evaluated = 0; evaluated <= 12; evaluated++) {
      display.show(searching(evaluated, 0));
      clock.addAndGet(Duration.ofSeconds(1).toNanos());
    }
    display.close();
    assertThat(written.toString(UTF_8))
        .isEqualTo(
            """
            [------------------------] 0/24 evaluations, iteration 1, best 31.250
            [#####-------------------] 5/24 evaluations, iteration 1, best 31.250, 0:19 left
            [##########--------------] 10/24 evaluations, iteration 1, best 31.250, 0:14 left
            """);
  }

  @Test
  void countsOnlyEvaluationsThatThisProcessHasSeenForTheTimeLeft() {
    ProgressDisplay display = display(0);
    display.show(searching(10, 2));
    clock.addAndGet(Duration.ofMinutes(2).toNanos());
    display.show(searching(14, 4)); // two were known, two took a minute each: ten minutes for ten
    assertThat(written.toString(UTF_8))
        .endsWith("14/24 evaluations, iteration 1, best 31.250, 10:00 left\n");
  }

  @Test
  void rewritesItsLineOnATerminalAndKeepsNotesAboveIt() {
    ProgressDisplay display = display(40);
    display.show(searching(0, 0));
    display.note("a note");
    display.close();
    String line = "[------------------------] 0/24 evaluati";
    assertThat(written.toString(UTF_8))
        .isEqualTo(
            "\r\u001b[K"
                + line.substring(0, 39)
                + "\r\u001b[Ka note\n"
                + "\r\u001b[K"
                + line.substring(0, 39)
                + "\r\u001b[K");
  }

  @Test
  void saysWhatIsDoneBeforeAndAfterTheSearch() {
    ProgressDisplay display = display(0);
    display.show(SearchProgress.start(24));
    clock.addAndGet(Duration.ofMinutes(1).toNanos());
    display.show(new SearchProgress(Phase.MEASURING, 3, 24, 24, 0, 31.25, Spending.NOTHING));
    assertThat(written.toString(UTF_8))
        .isEqualTo(
            """
            calibrating: one pass of the dense model
            measuring dense, uniform and searched on the test text, and pruning
            """);
  }

  @Test
  void saysWhyAPausedSearchWaits() {
    SearchProgress paused =
        new SearchProgress(
            Phase.SEARCHING, 3, 12, 24, 0, 31.25, Spending.NOTHING, 0, "for lunch\u001b (anna)");
    assertThat(ProgressLine.of(paused, Optional.empty()))
        .isEqualTo("paused: for lunch\uFFFD (anna); iteration 3, 12/24 evaluations");
  }

  @Test
  void showsWhatTheLlmWasAskedAndWhatItCost() {
    assertThat(ProgressLine.of(spending(new Spending(3, 1000, 234, 0)), Optional.empty()))
        .endsWith("iteration 1, best 31.250, 1,234 LLM tokens");
    assertThat(ProgressLine.of(spending(new Spending(3, 1000, 234, 0.5)), Optional.empty()))
        .endsWith("iteration 1, best 31.250, 1,234 LLM tokens (0.5000 US dollars)");
  }

  private static SearchProgress spending(Spending spending) {
    return new SearchProgress(Phase.SEARCHING, 1, 5, 24, 0, 31.25, spending);
  }

  private static SearchProgress searching(int evaluated, int known) {
    return new SearchProgress(Phase.SEARCHING, 1, evaluated, 24, known, 31.25, Spending.NOTHING);
  }

  private ProgressDisplay display(int columns) {
    PrintStream stream = new PrintStream(written, true, UTF_8);
    return new ProgressDisplay(new Console(stream, stream, columns), clock::get);
  }
}
