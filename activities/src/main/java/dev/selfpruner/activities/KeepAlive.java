package dev.selfpruner.activities;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.converter.DataConverterException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Heartbeats for an activity from a thread of its own while the activity's thread is in one long
 * call, so that the server notices a dead worker in seconds however long a call takes. The
 * heartbeat's details are the latest progress, sent again each time (a heartbeat without details
 * would erase them).
 *
 * <p>They also count failures that patience has an end for. Temporal's own number of the attempt
 * counts outages and killed workers, too, which say nothing about what was tried.
 */
public final class KeepAlive implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofSeconds(3);

  private final ActivityExecutionContext context;
  private final ScheduledExecutorService heartbeats;
  private final AtomicReference<String> progress = new AtomicReference<>("started");
  private final List<String> finished = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> failures;
  private final AtomicReference<ActivityCompletionException> ended = new AtomicReference<>();

  /**
   * A heartbeat's details.
   *
   * @param progress what is being done
   * @param finished what is done, and in the store
   * @param failures how often what failed so far, in all attempts; earlier versions say nothing
   */
  public record Details(String progress, List<String> finished, Map<String, Integer> failures) {
    public Details {
      finished = List.copyOf(finished);
      failures = failures == null ? Map.of() : Map.copyOf(failures);
    }
  }

  private KeepAlive(ActivityExecutionContext context) {
    this.context = context;
    this.failures = new ConcurrentHashMap<>(failuresBefore(context));
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "heartbeat");
              thread.setDaemon(true);
              return thread;
            });
    executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    this.heartbeats = executor;
  }

  public static KeepAlive start(ActivityExecutionContext context) {
    KeepAlive keepAlive = new KeepAlive(context);
    var unused =
        keepAlive.heartbeats.scheduleAtFixedRate(
            keepAlive::beat, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    return keepAlive;
  }

  /** What people and a next attempt see of this one. */
  public void progress(String latest) {
    progress.set(latest);
  }

  /** Adds something that is done, and stored, to what people and a next attempt see. */
  public void finished(String result) {
    finished.add(result);
    heartbeats.execute(this::beat);
  }

  /**
   * Counts a failure, for this attempt and those after it.
   *
   * @param what failed, in a word or two
   * @return how often it did, in this attempt and those before it
   */
  public int failed(String what) {
    int times = failures.merge(what, 1, Integer::sum);
    beat(); // the answer that this attempt failed takes the last details along
    return times;
  }

  /** Begins to count anew: what had failed did not fail this time. */
  public void succeeded(String what) {
    if (failures.remove(what) != null) {
      heartbeats.execute(this::beat);
    }
  }

  /**
   * Returns if the activity may go on.
   *
   * @throws ActivityCompletionException if it was cancelled, timed out, or its worker is shutting
   *     down
   */
  public void check() {
    ActivityCompletionException reason = ended.get();
    if (reason != null) {
      throw reason;
    }
  }

  /** Whatever another program may have sent: without a count, patience begins anew. */
  private static Map<String, Integer> failuresBefore(ActivityExecutionContext context) {
    try {
      Optional<Details> before = context.getLastHeartbeatDetails(Details.class);
      return before.map(Details::failures).orElse(Map.of());
    } catch (DataConverterException e) {
      return Map.of();
    }
  }

  /** One at a time, so that the details sent last are the latest. */
  private synchronized void beat() {
    if (ended.get() != null) {
      return;
    }
    try {
      context.heartbeat(new Details(progress.get(), finished, failures));
    } catch (ActivityCompletionException e) {
      ended.set(e);
    }
  }

  @Override
  public void close() {
    heartbeats.shutdownNow();
  }
}
