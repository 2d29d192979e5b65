package dev.selfpruner.infra;

/**
 * What was asked for cannot be done, and asking again will not help: the message says what, where,
 * and what to do next.
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UserError(String message) {
    super(message);
  }

  public UserError(String message, Throwable cause) {
    super(message, cause);
  }
}
