package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.FailureTypes;
import dev.selfpruner.activities.artifact.CorruptArtifactException;
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

  static <T> T translated(Work<T> work) {
    try {
      return work.run();
    } catch (ModelFormatException | IllegalArgumentException e) {
      throw ApplicationFailure.newNonRetryableFailureWithCause(e.getMessage(), INVALID_INPUT, e);
    } catch (NoSuchFileException e) {
      throw ApplicationFailure.newNonRetryableFailureWithCause(
          "the GPU worker has no file " + e.getMessage() + " - give a path that it sees",
          INVALID_INPUT,
          e);
    } catch (FileNotFoundException e) {
      throw missing(e);
    } catch (CorruptArtifactException e) {
      throw damaged(e);
    } catch (IOException | UncheckedIOException e) {
      if (e.getCause() instanceof CorruptArtifactException damage) {
        throw damaged(damage);
      }
      if (e.getCause() instanceof FileNotFoundException gone) {
        throw missing(gone);
      }
      throw ApplicationFailure.newFailureWithCause(e.getMessage(), STORAGE, e);
    }
  }

  private static ApplicationFailure damaged(CorruptArtifactException damage) {
    return ApplicationFailure.newNonRetryableFailureWithCause(
        damage.getMessage(), FailureTypes.CORRUPT, damage);
  }

  /** What stores throw of a blob; a file that somebody named is {@link NoSuchFileException}. */
  private static ApplicationFailure missing(FileNotFoundException gone) {
    return ApplicationFailure.newNonRetryableFailureWithCause(
        gone.getMessage()
            + " - was it deleted? Give the same command again: what follows from other things is then made again",
        FailureTypes.MISSING,
        gone);
  }
}
