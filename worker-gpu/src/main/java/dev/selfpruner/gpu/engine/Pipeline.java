package dev.selfpruner.gpu.engine;

import dev.selfpruner.gpu.torch.TorchThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Moves groups through the parts of a model, a thread for each part: while one group is in the
 * second part the next is in the first. With one part everything happens on the calling thread.
 */
final class Pipeline implements AutoCloseable {
  private final TorchThreads.Run run;
  private final List<ExecutorService> parts = new ArrayList<>();
  private final Semaphore underWay;
  private final List<CompletableFuture<Void>> journeys = new ArrayList<>();

  /** What becomes of one group; states are closed by whoever got them last. */
  interface Journey<S> {
    S begin();

    S advance(int part, S states);

    void end(S states);
  }

  /**
   * A pipeline.
   *
   * @param count parts
   * @param run what all groups belong to: the first failure ends it for all
   */
  Pipeline(int count, TorchThreads.Run run) {
    this.run = run;
    for (int i = 0; count > 1 && i < count; i++) {
      String name = "part-" + i;
      parts.add(
          Executors.newSingleThreadExecutor(
              task -> {
                Thread thread = new Thread(task, name);
                thread.setDaemon(true);
                return thread;
              }));
    }
    this.underWay = new Semaphore(groupsUnderWay(count));
  }

  /** Groups that have states at a time. */
  static int groupsUnderWay(int parts) {
    return parts == 1 ? 1 : parts + 1;
  }

  /** Starts a group, once there is room for it; returns at its end where there is one part. */
  <S> void run(Journey<S> group) {
    if (parts.isEmpty()) {
      group.end(group.advance(0, group.begin()));
      return;
    }
    if (!awaitRoom()) {
      return; // the run's reason is told at the end, when nothing runs any more
    }
    CompletableFuture<S> states =
        CompletableFuture.supplyAsync(() -> group.advance(0, group.begin()), parts.get(0));
    for (int i = 1; i < parts.size(); i++) {
      int part = i;
      states = states.thenApplyAsync(before -> group.advance(part, before), parts.get(part));
    }
    journeys.add(
        states
            .thenAcceptAsync(group::end, parts.get(parts.size() - 1))
            .whenComplete(
                (unused, failure) -> {
                  if (failure != null) {
                    run.stop(failure.getCause() == null ? failure : failure.getCause());
                  }
                  underWay.release();
                }));
  }

  /** Whether there is room, and the run goes on. */
  private boolean awaitRoom() {
    try {
      underWay.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      run.stop(new CancellationException("the thread that waits was interrupted"));
      return false;
    }
    if (run.isStopped()) {
      underWay.release();
      return false;
    }
    return true;
  }

  /** Waits for all groups, however they end: the run has the reason. */
  @Override
  public void close() {
    boolean interrupted = false;
    for (CompletableFuture<Void> journey : journeys) {
      boolean waiting = true;
      while (waiting) {
        try {
          journey.get();
          waiting = false;
        } catch (InterruptedException e) {
          interrupted = true;
          run.stop(new CancellationException("the thread that waits was interrupted"));
        } catch (ExecutionException e) {
          waiting = false; // the run keeps the first failure
        }
      }
    }
    parts.forEach(ExecutorService::shutdown);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
