package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A search during which things go wrong, evenly spread over its evaluations. */
final class DisturbedSearch {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** The last fault comes before the search's end. */
  private static final double SHARE = 0.95;

  /** A moment between an evaluation's end and whatever follows: proposals, records, evaluations. */
  private static final int MOMENT_MILLIS = 1_000;

  private final Deployment deployment;
  private final DemoSearch search;
  private final String[] options;
  private final List<Strike> strikes = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private CommandProcess watching;

  DisturbedSearch(Deployment deployment, DemoSearch search, String... options) throws IOException {
    this.deployment = deployment;
    this.search = search;
    this.options = options;
    this.watching = deployment.search(search, options);
  }

  /**
   * Goes on to the search's end.
   *
   * @param evaluations that the search has without faults
   */
  JsonNode result(Chaos chaos, Random random, int faults, long evaluations)
      throws IOException, InterruptedException {
    for (int i = 0; i < faults; i++) {
      long moment = 1 + (long) (SHARE * (evaluations - 1) * (i + random.nextDouble()) / faults);
      await(moment);
      strikes.add(chaos.strike(deployment.journal().ended(), MOMENT_MILLIS));
    }
    while (watching.isRunning()) {
      look();
      Thread.sleep(100);
    }
    if (watching.output().isBlank()) {
      watchAgain();
    }
    return watching.result();
  }

  List<Strike> strikes() {
    return List.copyOf(strikes);
  }

  /** What wasn't planned. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  private void await(long ended) throws IOException, InterruptedException {
    long patience = System.nanoTime() + PATIENCE.toNanos();
    long before = -1;
    for (long now = deployment.journal().ended(); now < ended; now = deployment.journal().ended()) {
      if (now > before) {
        before = now;
        patience = System.nanoTime() + PATIENCE.toNanos();
      }
      assertThat(System.nanoTime())
          .as("nothing was evaluated for %s:%n%s%n%s", PATIENCE, watching.errors(), strikes)
          .isLessThan(patience);
      look();
      Thread.sleep(50);
    }
  }

  private void look() throws IOException {
    notes.addAll(deployment.revive());
    if (!watching.isRunning() && watching.output().isBlank()) {
      watchAgain();
    }
  }

  /** The same command goes on, as its user would have it. */
  private void watchAgain() throws IOException {
    notes.add("the command that watched ended: " + watching.errors());
    assertThat(notes).as("ends that nobody planned").hasSizeLessThan(100);
    watching = deployment.search(search, options);
  }
}
