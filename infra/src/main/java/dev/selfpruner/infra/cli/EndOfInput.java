package dev.selfpruner.infra.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Ties the life of this process to the one that holds the other end of its standard input. */
final class EndOfInput {
  private EndOfInput() {}

  /**
   * From now on, the process ends with its input, at once: what it was doing is done by another.
   */
  static void halt(InputStream input) {
    Thread watch =
        new Thread(
            () -> {
              readToEnd(input);
              // Not exit: its hooks would wait for an activity that another worker may begin.
              Runtime.getRuntime().halt(ExitCodes.FAILED);
            },
            "end-of-input");
    watch.setDaemon(true);
    watch.start();
  }

  private static void readToEnd(InputStream input) {
    try {
      input.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // An input that breaks has ended too.
    }
  }
}
