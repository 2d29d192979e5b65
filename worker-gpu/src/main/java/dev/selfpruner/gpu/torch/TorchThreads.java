package dev.selfpruner.gpu.torch;

import ai.djl.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;

/** Threads that run TorchScript, each computing on its own. Runs may overlap: they take turns. */
public final class TorchThreads implements AutoCloseable {
  private final int count;
  private final ExecutorService executor;

  public TorchThreads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("at least one thread, not " + count);
    }
    this.count = count;
    AtomicInteger number = new AtomicInteger();
    this.executor =
        Executors.newFixedThreadPool(
            count,
            task -> {
              Thread thread =
                  new Thread(
                      () -> {
                        Torch.prepareThread();
                        task.run();
                      },
                      "torch-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** As many as the machine has cores where they compute, one where they only feed a device. */
  public static TorchThreads of(Device device) {
    boolean cpu = Device.cpu().equals(device);
    return new TorchThreads(cpu ? Runtime.getRuntime().availableProcessors() : 1);
  }

  /**
   * Runs {@code task} for 0 to {@code tasks - 1} and returns what it gave, in that order. Returns
   * or throws when no task runs any more, so that the caller may then release what they used.
   *
   * @param task calls {@link Run#requireGoingOn} now and then
   * @throws CancellationException if the calling thread was interrupted, which it then still is
   * @throws RuntimeException the first failure of a task, as it was thrown
   */
  public <T> List<T> run(int tasks, Run run, IntFunction<T> task) {
    List<Future<T>> futures = new ArrayList<>(tasks);
    for (int i = 0; i < tasks; i++) {
      int index = i;
      futures.add(executor.submit(() -> run.guarded(index, task)));
    }
    List<T> results = new ArrayList<>(tasks);
    boolean interrupted = false;
    for (Future<T> future : futures) {
      boolean waiting = true;
      while (waiting) {
        try {
          results.add(future.get());
          waiting = false;
        } catch (InterruptedException e) {
          interrupted = true;
          run.stop(new CancellationException("the thread that waits was interrupted"));
        } catch (ExecutionException e) {
          waiting = false; // the run keeps the first failure
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    run.rethrow();
    return results;
  }

  public int count() {
    return count;
  }

  @Override
  public void close() {
    executor.shutdown();
  }

  /** What the tasks of one run share: whether it goes on, and why not. */
  public static final class Run {
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** Ends the calling task if the run is to stop. */
    public void requireGoingOn() {
      if (failure.get() != null) {
        throw new CancellationException("the run was stopped");
      }
    }

    /** Whether the run was ended. */
    public boolean isStopped() {
      return failure.get() != null;
    }

    /** Ends the run with a reason, unless it has one. */
    public void stop(Throwable reason) {
      failure.compareAndSet(null, reason);
    }

    private <T> T guarded(int index, IntFunction<T> task) {
      requireGoingOn();
      try {
        return task.apply(index);
      } catch (RuntimeException | Error e) {
        stop(e);
        throw e;
      }
    }

    /** Throws the reason that the run was ended with, if it was. */
    public void rethrow() {
      Throwable reason = failure.get();
      if (reason instanceof Error error) {
        throw error;
      }
      if (reason != null) {
        throw (RuntimeException) reason;
      }
    }
  }
}
