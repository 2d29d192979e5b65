package dev.selfpruner.gpu.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.gpu.engine.ProgressListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class StopwatchTest {
  private final List<String> done = new ArrayList<>();
  private final List<Long> told = new ArrayList<>();
  private long now;

  /** By a clock that work moves: one repetition was disturbed, and the warm-ups were slow. */
  @Test
  void goesThroughAllInTurnAndTakesMediansWithoutTheWarmUps() {
    List<Integer> first = List.of(900, 800, 10, 12, 500);
    List<Integer> second = List.of(700, 600, 30, 31, 29);

    List<Double> seconds =
        new Stopwatch(3, () -> now)
            .seconds(
                List.of(work("a", first), work("b", second)),
                (finished, total) -> {
                  assertThat(total).isEqualTo(10);
                  told.add(finished);
                });

    assertThat(seconds).containsExactly(12e-9, 30e-9);
    assertThat(String.join("", done)).isEqualTo("ababababab");
    assertThat(told).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
  }

  @Test
  void stopsWhereItsListenerSaysSo() {
    ProgressListener cancelled =
        (finished, total) -> {
          throw new CancellationException("no longer wanted");
        };
    Stopwatch stopwatch = new Stopwatch(3, () -> now);
    List<Stopwatch.Work> work = List.of(work("a", List.of(1, 1, 1, 1, 1)));

    assertThatThrownBy(() -> stopwatch.seconds(work, cancelled))
        .isInstanceOf(CancellationException.class);
    assertThat(done).containsExactly("a");
    assertThatThrownBy(() -> new Stopwatch(0, () -> now))
        .hasMessage("at least one repetition, not 0");
  }

  private Stopwatch.Work work(String name, List<Integer> nanoseconds) {
    List<Integer> left = new ArrayList<>(nanoseconds);
    return () -> {
      done.add(name);
      now += left.remove(0);
    };
  }
}
