package dev.selfpruner.infra.embedded;

import java.nio.file.Path;

/** Which Temporal server a command is to use. */
public sealed interface TemporalChoice {

  /** What is there: a CLI on the path, a download, or else the server inside this process. */
  record Automatic() implements TemporalChoice {}

  /** A development server started from the CLI at {@code path}. */
  record Executable(Path path) implements TemporalChoice {}

  /** The server inside this process. */
  record InJvm() implements TemporalChoice {}

  /**
   * A server that others run.
   *
   * @param address host and port of its front end
   */
  record Remote(String address, String namespace) implements TemporalChoice {
    public Remote {
      if (address.isBlank() || namespace.isBlank()) {
        throw new IllegalArgumentException("a server has an address and a namespace");
      }
    }
  }
}
