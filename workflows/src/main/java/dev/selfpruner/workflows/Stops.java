package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Stopping;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** When a search ends before its last iteration. */
public final class Stops {
  /** How a reason begins that is a person's. */
  static final String STOPPED = "a person's stop: ";

  private Stops() {}

  /** Whether it was a person that ended a search, and no limit which could be raised. */
  public static boolean isByPerson(String reason) {
    return reason.startsWith(STOPPED);
  }

  /**
   * Why the next iteration is not begun; empty where it is.
   *
   * @param last the iteration before it
   * @param seconds since the search began, while a workflow of it was open
   */
  static String reason(Stopping limits, PopulationSnapshot last, long seconds) {
    if (last.tokens() >= limits.tokens()) {
      return tokens(limits);
    }
    if (last.evaluated() >= limits.evaluations()) {
      return evaluations(limits);
    }
    if (seconds >= limits.seconds()) {
      return seconds(limits);
    }
    return last.unchanged() >= limits.patience() ? patience(limits) : "";
  }

  /** All that {@link #reason} may say of some limits: none where there are none. */
  public static List<String> reasons(Stopping limits) {
    List<String> reasons = new ArrayList<>();
    if (limits.tokens() < Stopping.NEVER.tokens()) {
      reasons.add(tokens(limits));
    }
    if (limits.evaluations() < Stopping.NEVER.evaluations()) {
      reasons.add(evaluations(limits));
    }
    if (limits.seconds() < Stopping.NEVER.seconds()) {
      reasons.add(seconds(limits));
    }
    if (limits.patience() < Stopping.NEVER.patience()) {
      reasons.add(patience(limits));
    }
    return List.copyOf(reasons);
  }

  private static String tokens(Stopping limits) {
    return String.format(Locale.ROOT, "the limit of %,d tokens", limits.tokens());
  }

  private static String evaluations(Stopping limits) {
    return String.format(Locale.ROOT, "the limit of %,d evaluations", limits.evaluations());
  }

  private static String seconds(Stopping limits) {
    return String.format(Locale.ROOT, "the limit of %,d seconds", limits.seconds());
  }

  private static String patience(Stopping limits) {
    return String.format(
        Locale.ROOT, "no new best candidate for %,d iterations", limits.patience());
  }
}
