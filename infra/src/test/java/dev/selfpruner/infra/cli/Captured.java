package dev.selfpruner.infra.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selfpruner.infra.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/**
 * What a command did.
 *
 * @param status its exit status
 */
record Captured(int status, String out, String err) {

  /** Runs a command in this process. */
  static Captured run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), 0);
    int status = Commands.run(console, arguments);
    return new Captured(status, out.toString(UTF_8), err.toString(UTF_8));
  }
}
