package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.failure.ApplicationFailure;
import org.junit.jupiter.api.Test;

class FailuresTest {
  @Test
  void saysWhatAnActivityRaisedWithoutControlCharacters() {
    Throwable failure =
        new IllegalStateException(
            "a workflow failed",
            ApplicationFailure.newNonRetryableFailure("it says: \u001b[2J\nno", "LlmRefused"));

    assertThat(Failures.describe(failure)).isEqualTo("it says: \uFFFD[2J\nno");
  }
}
