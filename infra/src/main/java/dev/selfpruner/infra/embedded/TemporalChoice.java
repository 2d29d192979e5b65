package dev.selfpruner.infra.embedded;

import dev.selfpruner.infra.connection.Connection;
import java.nio.file.Path;

/** Which Temporal server a command is to use. */
public sealed interface TemporalChoice {

  /** What is there: a CLI on the path, a download, or else the server inside this process. */
  record Automatic() implements TemporalChoice {}

  /** A development server started from the CLI at {@code path}. */
  record Executable(Path path) implements TemporalChoice {}

  /** The server inside this process. */
  record InJvm() implements TemporalChoice {}

  /** A server that others run. */
  record Remote(Connection connection) implements TemporalChoice {}
}
