package dev.selfpruner.infra.report;

import dev.selfpruner.infra.Console;
import dev.selfpruner.workflows.SearchProgress;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Shows a search's progress: one line that is rewritten on a terminal, and a line every now and
 * then elsewhere. Notes go above it.
 */
public final class ProgressDisplay implements AutoCloseable {
  static final String ERASE_LINE = "\r\u001b[K";

  /** Often enough in a log to see that something is alive, seldom enough to read it. */
  private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(5);

  private final Console console;
  private final LongSupplier nanoTime;
  private final TimeLeft timeLeft;
  private String shown = "";
  private long shownAt;

  public ProgressDisplay(Console console) {
    this(console, System::nanoTime);
  }

  ProgressDisplay(Console console, LongSupplier nanoTime) {
    this.console = console;
    this.nanoTime = nanoTime;
    this.timeLeft = new TimeLeft(nanoTime);
  }

  public synchronized void show(SearchProgress progress) {
    show(ProgressLine.of(progress, timeLeft.after(progress)));
  }

  public synchronized void show(String line) {
    if (line.equals(shown)) {
      return;
    }
    if (console.isTerminal()) {
      draw(line);
    } else if (shown.isEmpty() || nanoTime.getAsLong() - shownAt >= PLAIN_INTERVAL.toNanos()) {
      console.note(line);
      shownAt = nanoTime.getAsLong();
      shown = line;
    }
  }

  public synchronized void note(String line) {
    boolean redraw = console.isTerminal() && !shown.isEmpty();
    if (redraw) {
      console.err().print(ERASE_LINE);
    }
    console.note(line);
    if (redraw) {
      draw(shown);
    }
  }

  private void draw(String line) {
    String fitting = line.substring(0, Math.min(line.length(), console.columns() - 1));
    console.err().print(ERASE_LINE + fitting);
    console.err().flush();
    shown = line;
  }

  /** Takes the line away. */
  @Override
  public synchronized void close() {
    if (console.isTerminal() && !shown.isEmpty()) {
      console.err().print(ERASE_LINE);
      console.err().flush();
      shown = "";
    }
  }
}
