package dev.selfpruner.infra;

import dev.selfpruner.infra.secret.Secrets;
import java.io.PrintStream;

/**
 * Where a command writes: results to one stream, everything else to the other. Neither lets control
 * characters through.
 *
 * @param out standard output: results only
 * @param err standard error: progress, notes and errors
 * @param columns width of the terminal that {@code err} is; 0 where it is none
 */
public record Console(PrintStream out, PrintStream err, int columns) {
  public Console {
    if (columns < 0) {
      throw new IllegalArgumentException("a terminal's width is not negative: " + columns);
    }
  }

  public boolean isTerminal() {
    return columns > 0;
  }

  /** Writes a line about what is going on. */
  public void note(String line) {
    err.println(Printable.text(Secrets.ofThisProcess().redact(line)));
    err.flush();
  }

  /** Writes a result. */
  public void result(String text) {
    out.println(Printable.text(text));
    out.flush();
  }
}
