package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.KeepAlive;
import dev.selfpruner.gpu.engine.ProgressListener;
import io.temporal.activity.Activity;
import java.io.IOException;

/**
 * An activity under way: Temporal sees that its worker lives, and the worker that it goes on.
 *
 * @param alive sends heartbeats
 * @param steps hears of each step, and ends a process that makes none
 */
record WatchedWork(KeepAlive alive, ProgressDeadline.Watch steps) implements AutoCloseable {
  /** What an activity does. */
  @FunctionalInterface
  interface Body<T> {
    T run(WatchedWork work) throws IOException;
  }

  /** Of the activity that runs in this thread. */
  static WatchedWork begin(ProgressDeadline deadline) {
    return new WatchedWork(KeepAlive.start(Activity.getExecutionContext()), deadline.watch());
  }

  /**
   * Tells both of each step.
   *
   * @param what is being done, for people
   */
  ProgressListener reporting(String what) {
    return (done, total) -> {
      steps.advanced(done, total);
      alive.check();
      alive.progress("%s: %d %%".formatted(what, 100 * done / total));
    };
  }

  @Override
  public void close() {
    steps.close();
    alive.close();
  }
}
