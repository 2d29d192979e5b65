package dev.selfpruner.infra.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LivesTest {
  private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);

  @Test
  void waitsLongerEachTimeUpToAMinute() {
    assertThat(delays(Lives.NONE, HALF_A_MINUTE, 8)).containsExactly(1, 2, 4, 8, 16, 32, 60, 60);
  }

  @Test
  void startsFromACleanSlateAfterAMinuteOfLife() {
    Lives after = new Lives(0, HALF_A_MINUTE).after(Duration.ofMinutes(1));
    assertThat(after).isEqualTo(new Lives(0, Duration.ofSeconds(1)));
  }

  @Test
  void givesUpAfterFiveEarlyEndsInARow() {
    Lives four = new Lives(4, HALF_A_MINUTE);
    assertThat(four.areHopeless()).isFalse();
    assertThat(four.after(Duration.ofSeconds(19)).areHopeless()).isTrue();
    assertThat(four.after(Lives.SOON).early()).isZero();
  }

  private static List<Integer> delays(Lives lives, Duration life, int count) {
    return Stream.iterate(lives.after(life), next -> next.after(life))
        .limit(count)
        .map(next -> (int) next.delay().toSeconds())
        .toList();
  }
}
