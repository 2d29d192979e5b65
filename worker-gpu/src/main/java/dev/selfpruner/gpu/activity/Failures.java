package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.artifact.CorruptArtifactException;
import dev.selfpruner.gpu.ModelFormatException;
import io.temporal.failure.ApplicationFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;

/** Tells Temporal which errors a retry can't mend. */
final class Failures {
  /** What was asked for can't be done, however often it is tried. */
  static final String INVALID_INPUT = "InvalidInput";

  /**
   * A file or the artifact store could not be read or written just now. That is tried again without
   * end, also where the store denies access or its bucket is gone: somebody can mend that while the
   * search waits, and a search that begins with such a store is refused before it does.
   */
  static final String STORAGE = "Storage";

  /** What the artifact store holds is damaged: somebody has to take it away first. */
  static final String CORRUPT = "ArtifactCorrupt";

  private Failures() {}

  /** The work of an activity. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  static <T> T translated(Work<T> work) {
    try {
      return work.run();
    } catch (ModelFormatException | IllegalArgumentException e) {
      throw ApplicationFailure.newNonRetryableFailureWithCause(e.getMessage(), INVALID_INPUT, e);
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw ApplicationFailure.newNonRetryableFailureWithCause(
          "the GPU worker has no file " + e.getMessage() + " - give a path that it sees",
          INVALID_INPUT,
          e);
    } catch (CorruptArtifactException e) {
      throw ApplicationFailure.newNonRetryableFailureWithCause(e.getMessage(), CORRUPT, e);
    } catch (IOException | UncheckedIOException e) {
      if (e.getCause() instanceof CorruptArtifactException damage) {
        throw ApplicationFailure.newNonRetryableFailureWithCause(
            damage.getMessage(), CORRUPT, damage);
      }
      throw ApplicationFailure.newFailureWithCause(e.getMessage(), STORAGE, e);
    }
  }
}
