package dev.selfpruner.gpu.activity;

import dev.selfpruner.gpu.torch.DeviceFailure;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Notices work that has stopped. A native call that hangs can't be interrupted: what is left is to
 * end the process, and to let whatever supervises it start another.
 */
public final class ProgressDeadline implements AutoCloseable {
  private static final int CHECKS = 10;

  private final Duration longest;
  private final Consumer<String> end;
  private final AtomicLong lastSign = new AtomicLong();
  private final AtomicLong watches = new AtomicLong();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "progress-deadline");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * A deadline for each step of watched work.
   *
   * @param longest time without a sign of progress
   * @param end what to do then, with the reason: it does not return, or is called again
   */
  public ProgressDeadline(Duration longest, Consumer<String> end) {
    if (longest.isNegative() || longest.isZero()) {
      throw new IllegalArgumentException("a deadline is positive, not " + longest);
    }
    this.longest = longest;
    this.end = end;
    long interval = Math.max(1, longest.toMillis() / CHECKS);
    var unused =
        clock.scheduleWithFixedDelay(this::check, interval, interval, TimeUnit.MILLISECONDS);
  }

  /**
   * Work that is watched from its first sign of progress to its last: what comes before and after,
   * such as files of a hundred gigabytes, takes as long as it takes.
   */
  public final class Watch implements AutoCloseable {
    private boolean watched;

    private Watch() {}

    /** Something was done, of {@code total} steps. */
    public synchronized void advanced(long done, long total) {
      lastSign.set(System.nanoTime());
      boolean goesOn = done < total;
      if (watched != goesOn) {
        watched = goesOn;
        watches.addAndGet(goesOn ? 1 : -1);
      }
    }

    @Override
    public void close() {
      advanced(0, 0);
    }
  }

  /** Begins to listen to the work of the caller. */
  public Watch watch() {
    return new Watch();
  }

  private void check() {
    if (watches.get() > 0 && System.nanoTime() - lastSign.get() > longest.toNanos()) {
      end.accept("native code made no step for " + longest);
    }
  }

  /**
   * Ends the process after a failure that leaves a device unusable for it; does nothing after
   * others.
   */
  void endIfDeviceIsLost(RuntimeException failure) {
    if (DeviceFailure.isLasting(failure)) {
      end.accept("the device is lost to this process: " + failure.getMessage());
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
