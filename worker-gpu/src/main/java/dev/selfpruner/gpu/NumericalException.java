package dev.selfpruner.gpu;

import java.util.Optional;

/**
 * Arithmetic that gives no number for what it was given: a matrix without an inverse, activations
 * that overflow. Where a candidate is measured, that candidate failed; the same again gives the
 * same.
 */
public final class NumericalException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  public NumericalException(String message) {
    super(message);
  }

  public NumericalException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The failure, or its first cause, that is one: a thread of an engine wraps its own. */
  public static Optional<NumericalException> in(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof NumericalException found) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }
}
