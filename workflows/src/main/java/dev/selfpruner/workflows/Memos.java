package dev.selfpruner.workflows;

import io.temporal.workflow.ContinueAsNewOptions;
import io.temporal.workflow.Workflow;
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

  /** When its first run began, in milliseconds since the epoch; its first run has none. */
  private static final String BEGAN = "began";

  private Memos() {}

  static long secondsSinceTheBeginning() {
    return (Workflow.currentTimeMillis() - began()) / 1_000;
  }

  static void continueAsNew(SearchSpec spec) {
    Map<String, Object> memo = new TreeMap<>(Map.of(BEGAN, began()));
    read(LIMITS, String.class).ifPresent(limits -> memo.put(LIMITS, limits));
    Workflow.continueAsNew(
        ContinueAsNewOptions.newBuilder().setMemo(memo).build(), SearchInput.of(spec));
  }

  private static long began() {
    return read(BEGAN, Long.class).orElse(Workflow.getInfo().getRunStartedTimestampMillis());
  }

  private static <T> Optional<T> read(String name, Class<T> type) {
    return Optional.ofNullable(Workflow.getMemo(name, type, type));
  }
}
