package dev.selfpruner.infra.report;

import dev.selfpruner.infra.Console;

/** Shows on a terminal how far a single run is; says nothing elsewhere. */
public final class PercentDisplay implements AutoCloseable {
  private final Console console;
  private final String what;
  private long shown = -1;

  public PercentDisplay(Console console, String what) {
    this.console = console;
    this.what = what;
  }

  /** {@code done} steps of {@code total}. */
  public synchronized void show(long done, long total) {
    long percent = 100 * done / total;
    if (console.isTerminal() && percent != shown) {
      console.err().print("\r%s: %d %%".formatted(what, percent));
      console.err().flush();
      shown = percent;
    }
  }

  @Override
  public synchronized void close() {
    if (shown >= 0) {
      console.err().print(ProgressDisplay.ERASE_LINE);
      console.err().flush();
    }
  }
}
