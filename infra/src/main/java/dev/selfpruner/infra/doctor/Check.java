package dev.selfpruner.infra.doctor;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Something to look at. It may fail or hang as it likes: either becomes a finding.
 *
 * @param name of what is looked at
 * @param limit longest that it may take
 * @param advice what to do when it fails in a way that nobody thought of
 * @param look gives what is seen, in the order to show it; nothing where it does not apply
 */
public record Check(String name, Duration limit, String advice, Callable<List<Finding>> look) {

  /** Looks; never throws and never takes much longer than the limit. */
  List<Finding> findings() {
    FutureTask<List<Finding>> task = new FutureTask<>(look);
    Thread thread = new Thread(task, "check " + name);
    thread.setDaemon(true); // what ignores the interrupt must not keep the process alive
    thread.start();
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      task.cancel(true);
      return List.of(
          Finding.problem(name, "no result within %d s".formatted(limit.toSeconds()), advice));
    } catch (ExecutionException e) {
      return List.of(Finding.problem(name, describe(e.getCause()), advice));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      task.cancel(true);
      return List.of(Finding.problem(name, "interrupted", "check again"));
    }
  }

  private static String describe(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
  }
}
