package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.CorruptArtifactException;
import dev.selfpruner.activities.artifact.MissingArtifactException;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
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
  void waitsForABlobThatAnotherStoreMayHave() {
    ArtifactRef ref = new ArtifactRef("file:/mnt/store/x", "0".repeat(64), 1);
    ApplicationFailure failure = failure(new MissingArtifactException(ref, "artifact store in /x"));
    assertThat(failure.getType()).isEqualTo("Storage");
    assertThat(failure.isNonRetryable()).isFalse();
    assertThat(failure.getOriginalMessage()).contains("/x", "file:/mnt/store/x", "mounted");
  }

  @Test
  void aFileThatIsNotThereIsAMistakeWhereASearchBegins() {
    ApplicationFailure failure = failure(new NoSuchFileException("/texts/x"));
    assertThat(failure.getType()).isEqualTo("InvalidInput");
    assertThat(failure.isNonRetryable()).isTrue();
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
