package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.selfpruner.activities.artifact.CorruptArtifactException;
import io.temporal.failure.ApplicationFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailuresTest {
  @Test
  void triesAgainWhatAStoreMayMend() {
    ApplicationFailure failure = failure(new IOException("access is denied"));
    assertThat(failure.getType()).isEqualTo("Storage");
    assertThat(failure.isNonRetryable()).isFalse();
  }

  @Test
  void triesNoDamageAgain() {
    IOException damage = new CorruptArtifactException("it is damaged");
    assertThat(failure(damage).getType()).isEqualTo("ArtifactCorrupt");
    assertThat(failure(damage).isNonRetryable()).isTrue();
    ApplicationFailure wrapped = failure(new UncheckedIOException("cannot read it", damage));
    assertThat(wrapped.getType()).isEqualTo("ArtifactCorrupt");
    assertThat(wrapped.getOriginalMessage()).isEqualTo("it is damaged");
  }

  @Test
  void triesNothingAgainThatIsGoneFromTheStore() {
    IOException gone = new FileNotFoundException("no blob 1234 in the store");
    for (Exception each : List.of(gone, new UncheckedIOException("cannot read it", gone))) {
      ApplicationFailure failure = failure(each);
      assertThat(failure.getType()).isEqualTo("ArtifactMissing");
      assertThat(failure.isNonRetryable()).isTrue();
      assertThat(failure.getOriginalMessage())
          .startsWith("no blob 1234 in the store")
          .contains("the same command again");
    }
  }

  private static ApplicationFailure failure(Exception cause) {
    return catchThrowableOfType(
        ApplicationFailure.class,
        () ->
            Failures.translated(
                () -> {
                  if (cause instanceof IOException io) {
                    throw io;
                  }
                  throw (RuntimeException) cause;
                }));
  }
}
