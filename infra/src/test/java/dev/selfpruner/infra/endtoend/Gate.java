package dev.selfpruner.infra.endtoend;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds an activity up until a test has done something meanwhile. */
final class Gate {
  /** Less than an activity may go without a heartbeat: it is tried again then, and waits on. */
  private static final long ACTIVITY_SECONDS = 25;

  private static final long TEST_SECONDS = 60;

  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);

  /** Where the activity waits. */
  void pass() {
    reached.countDown();
    await(open, ACTIVITY_SECONDS);
  }

  void awaitReached() {
    await(reached, TEST_SECONDS);
  }

  void open() {
    open.countDown();
  }

  private static void await(CountDownLatch latch, long seconds) {
    try {
      if (!latch.await(seconds, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody came within " + seconds + " s");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
