package dev.selfpruner.gpu.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Moves groups through the parts of a model, a thread for each part: while one group is in the
 * second part the next is in the first. With one part everything happens on the calling thread.
 */
final class Pipeline implements AutoCloseable {
  private final List<ExecutorService> parts = new ArrayList<>();
  private final Semaphore underWay;
  private final List<CompletableFuture<Void>> journeys = new ArrayList<>();

  /** What becomes of one group; states are closed by whoever got them last. */
  interface Journey<S> {
    S begin();

    S advance(int part, S states);

    void end(S states);
  }

  Pipeline(int count) {
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
    this.underWay = new Semaphore(count + 1);
  }

  /** Starts a group, once there is room for it; returns at its end where there is one part. */
  <S> void run(Journey<S> group) {
    if (parts.isEmpty()) {
      group.end(group.advance(0, group.begin()));
      return;
    }
    try {
      underWay.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the thread that waits was interrupted");
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
            .whenComplete((unused, failure) -> underWay.release()));
  }

  /** Waits for all groups, and fails as the first of them did. */
  @Override
  public void close() {
    List<RuntimeException> failures = new ArrayList<>();
    for (CompletableFuture<Void> journey : journeys) {
      try {
        journey.join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        failures.add((RuntimeException) e.getCause());
      }
    }
    parts.forEach(ExecutorService::shutdown);
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
  }
}
