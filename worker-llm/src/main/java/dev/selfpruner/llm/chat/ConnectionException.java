package dev.selfpruner.llm.chat;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A connection that wasn't made, or broke. Parsers' exceptions are I/O exceptions too, and are
 * wrapped by some clients in the unchecked one: this tells them apart.
 */
final class ConnectionException extends UncheckedIOException {
  private static final long serialVersionUID = 1L;

  ConnectionException(IOException cause) {
    super(cause);
  }
}
