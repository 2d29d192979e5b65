package dev.selfpruner.infra.secret;

import io.temporal.api.failure.v1.Failure;
import java.util.stream.Collectors;

/**
 * Failures that a server shows. Of an activity that is tried again, Temporal keeps 4 KiB of the
 * last failure, and says {@code Failure exceeds size limit} in place of a longer one: the stack
 * traces of a client library and its causes are longer. They are in the worker's log.
 */
final class ShortFailure {
  /** Leaves room for what an encryption adds. */
  private static final int MOST_BYTES = 3_000;

  private static final int FRAMES = 8;
  private static final int LONGEST_MESSAGE = 800;
  private static final int MOST_CAUSES = 6;

  private ShortFailure() {}

  /** The failure itself where it is short, else less and less of its traces, causes and words. */
  static Failure of(Failure failure) {
    if (fits(failure)) {
      return failure;
    }
    Failure traced = cut(failure, FRAMES, LONGEST_MESSAGE, MOST_CAUSES);
    if (fits(traced)) {
      return traced;
    }
    Failure said = cut(failure, 0, LONGEST_MESSAGE, MOST_CAUSES);
    return fits(said) ? said : cut(failure, 0, LONGEST_MESSAGE / 3, MOST_CAUSES);
  }

  private static boolean fits(Failure failure) {
    return failure.getSerializedSize() <= MOST_BYTES;
  }

  private static Failure cut(Failure failure, int frames, int letters, int causes) {
    Failure.Builder builder =
        failure.toBuilder()
            .setMessage(beginning(failure.getMessage(), letters))
            .setStackTrace(
                failure.getStackTrace().lines().limit(frames).collect(Collectors.joining("\n")));
    if (failure.hasCause() && causes > 0) {
      builder.setCause(cut(failure.getCause(), 0, letters, causes - 1));
    } else {
      builder.clearCause();
    }
    return builder.build();
  }

  private static String beginning(String text, int letters) {
    return text.length() <= letters ? text : text.substring(0, letters) + "...";
  }
}
