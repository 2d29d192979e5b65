package dev.selfpruner.workflows;

import io.temporal.common.InitialVersioningBehavior;
import io.temporal.workflow.ContinueAsNewOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a search's workflow keeps beside its input. A server gives a run that continues another as
 * new no memo but what it is told.
 */
public final class Memos {
  /** Digest of the limits that it is to keep to, for whoever starts it. */
  public static final String LIMITS = "limits";

  /**
   * When the search would have begun had it never been interrupted, in milliseconds since the
   * epoch; its first run has none.
   */
  private static final String BEGAN = "began";

  /** What the run before this one knew and was told. */
  private static final String CONTINUED = "continued";

  /** That run's id; earlier versions told none. */
  private static final String CONTINUES = "continues";

  private Memos() {}

  /**
   * Whether this run goes on where another ended. A server calls other runs continued, too, and
   * gives them the input and the memo of the run before them: those that repeat one that failed,
   * which go on where that one did, and those of a cron, which begin anew.
   */
  static boolean isContinued() {
    WorkflowInfo info = Workflow.getInfo();
    Optional<String> before = info.getContinuedExecutionRunId();
    Optional<String> continued = read(CONTINUES, String.class);
    if (before.isEmpty() || continued.isEmpty()) {
      return before.isPresent() && read(BEGAN, Long.class).isPresent();
    }
    boolean repeats = info.getAttempt() > 1 && info.getCronSchedule().isEmpty();
    return repeats || continued.equals(before);
  }

  /**
   * When the search would have begun, in milliseconds since the epoch, had it never been
   * interrupted.
   *
   * @param secondsBefore that it had been worked at when this workflow was started
   */
  static long began(long secondsBefore) {
    return handed(BEGAN, Long.class)
        .orElse(Workflow.getInfo().getRunStartedTimestampMillis() - 1_000 * secondsBefore);
  }

  /** What the run before this one handed on; none of the first. */
  static Optional<Continued> continued() {
    return handed(CONTINUED, Continued.class);
  }

  static long secondsSince(long began) {
    return (Workflow.currentTimeMillis() - began) / 1_000;
  }

  static long secondsOfThisRun() {
    return secondsSince(Workflow.getInfo().getRunStartedTimestampMillis());
  }

  /**
   * Goes on with an empty history; on the version of the workers that is the current one by then,
   * where they have versions. Left alone, a server would keep it on the one that it began with.
   *
   * @param began as {@link #began} gave it
   */
  static void continueAsNew(SearchSpec spec, long began, Continued continued) {
    Map<String, Object> memo =
        new TreeMap<>(
            Map.of(BEGAN, began, CONTINUED, continued, CONTINUES, Workflow.getInfo().getRunId()));
    read(LIMITS, String.class).ifPresent(limits -> memo.put(LIMITS, limits));
    Workflow.continueAsNew(
        ContinueAsNewOptions.newBuilder()
            .setMemo(memo)
            .setInitialVersioningBehavior(InitialVersioningBehavior.AUTO_UPGRADE)
            .build(),
        SearchInput.of(spec));
  }

  private static <T> Optional<T> handed(String name, Class<T> type) {
    return isContinued() ? read(name, type) : Optional.empty();
  }

  private static <T> Optional<T> read(String name, Class<T> type) {
    return Optional.ofNullable(Workflow.getMemo(name, type, type));
  }
}
