package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.FailureTypes;
import dev.selfpruner.activities.artifact.CorruptArtifactException;
import dev.selfpruner.activities.artifact.MissingArtifactException;
import dev.selfpruner.gpu.ModelFormatException;
import io.temporal.failure.ApplicationFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;

/** Tells Temporal which errors a retry can't mend. */
final class Failures {
  static final String INVALID_INPUT = FailureTypes.INVALID_INPUT;

  /**
   * A file or the artifact store could not be read or written just now. That is tried again without
   * end, also where the store denies access or its bucket is gone: somebody can mend that while the
   * search waits, and a search that begins with such a store is refused before it does.
   */
  static final String STORAGE = "Storage";

  private Failures() {}

  /** The work of an activity. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  /**
   * The work of a search that is under way. The model and the texts have been there: a file that
   * isn't is on a file system that isn't mounted, or on another worker's machine.
   */
  static <T> T underWay(Work<T> work) {
    return translated(
        () -> {
          try {
            return work.run();
          } catch (MissingArtifactException e) {
            throw e;
          } catch (NoSuchFileException | FileNotFoundException e) {
            throw ApplicationFailure.newFailureWithCause(
                "the GPU worker has no file %s - mount its file system, or bring it back: the search waits for it"
                    .formatted(e.getMessage()),
                STORAGE,
                e);
          }
        });
  }

  /** Work that a search begins with: what isn't there may be a mistake of whoever started it. */
  static <T> T translated(Work<T> work) {
    try {
      return work.run();
    } catch (MissingArtifactException e) {
      throw ApplicationFailure.newFailureWithCause(e.getMessage(), STORAGE, e);
    } catch (ModelFormatException | IllegalArgumentException e) {
      throw ApplicationFailure.newNonRetryableFailureWithCause(e.getMessage(), INVALID_INPUT, e);
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw ApplicationFailure.newNonRetryableFailureWithCause(
          "the GPU worker has no file " + e.getMessage() + " - give a path that it sees",
          INVALID_INPUT,
          e);
    } catch (CorruptArtifactException e) {
      throw ApplicationFailure.newNonRetryableFailureWithCause(
          e.getMessage(), FailureTypes.CORRUPT, e);
    } catch (IOException | UncheckedIOException e) {
      if (e.getCause() instanceof CorruptArtifactException damage) {
        throw ApplicationFailure.newNonRetryableFailureWithCause(
            damage.getMessage(), FailureTypes.CORRUPT, damage);
      }
      throw ApplicationFailure.newFailureWithCause(e.getMessage(), STORAGE, e);
    }
  }
}
