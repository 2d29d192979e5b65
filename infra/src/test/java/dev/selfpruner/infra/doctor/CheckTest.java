package dev.selfpruner.infra.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CheckTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @Test
  void givesWhatIsSeen() {
    List<Finding> seen = List.of(Finding.ok("store", "there"));
    assertThat(new Check("store", LIMIT, "correct it", () -> seen).findings()).isEqualTo(seen);
  }

  @Test
  void aCheckThatFailsIsAProblem() {
    assertThat(
            new Check(
                    "store",
                    LIMIT,
                    "correct it",
                    () -> {
                      throw new IOException("no such bucket");
                    })
                .findings())
        .containsExactly(Finding.problem("store", "no such bucket", "correct it"));
  }

  @Test
  void anErrorWithoutAMessageIsNamed() {
    assertThat(
            new Check(
                    "store",
                    LIMIT,
                    "correct it",
                    () -> {
                      throw new StackOverflowError();
                    })
                .findings())
        .containsExactly(Finding.problem("store", "StackOverflowError", "correct it"));
  }

  @Test
  @Timeout(20)
  void aCheckThatHangsIsAProblem() {
    CountDownLatch never = new CountDownLatch(1);
    assertThat(
            new Check(
                    "store",
                    Duration.ofSeconds(1),
                    "correct it",
                    () -> {
                      never.await();
                      return List.of();
                    })
                .findings())
        .containsExactly(Finding.problem("store", "no result within 1 s", "correct it"));
  }
}
