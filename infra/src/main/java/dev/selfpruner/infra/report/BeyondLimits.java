package dev.selfpruner.infra.report;

import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.Stopping;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a search has spent beyond the limits that it was asked to keep to: they are looked at before
 * an iteration and not within it, and an earlier command may have had higher ones.
 */
record BeyondLimits(Stopping limits, SearchResult result) {
  /** A sentence; none where nothing is beyond a limit. */
  List<String> lines() {
    List<String> spent = new ArrayList<>();
    if (tokens()) {
      spent.add(of(result.tokens(), limits.tokens(), "tokens"));
    }
    if (evaluations()) {
      spent.add(of(result.evaluations(), limits.evaluations(), "evaluations"));
    }
    return spent.isEmpty()
        ? List.of()
        : List.of(
            "spent more than asked for: %s (limits are looked at before an iteration, and what was searched before with higher ones stays)"
                .formatted(String.join(", ", spent)));
  }

  Map<String, Object> json() {
    Map<String, Object> json = new TreeMap<>();
    if (tokens()) {
      json.put("tokens", Map.of("spent", result.tokens(), "limit", limits.tokens()));
    }
    if (evaluations()) {
      json.put("evaluations", Map.of("spent", result.evaluations(), "limit", limits.evaluations()));
    }
    return json;
  }

  private boolean tokens() {
    return result.tokens() > limits.tokens();
  }

  private boolean evaluations() {
    return result.evaluations() > limits.evaluations();
  }

  private static String of(long spent, long limit, String what) {
    return String.format(Locale.ROOT, "%,d %s of at most %,d", spent, what, limit);
  }
}
