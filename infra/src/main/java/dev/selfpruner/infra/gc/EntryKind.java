package dev.selfpruner.infra.gc;

import java.util.Map;
import java.util.Set;

/** What an index entry is to whoever decides whether it stays. */
enum EntryKind {
  /** Of one run of a search, and named by it: goes and stays with it. */
  RUN,
  /** A number that was paid for, and what it takes to know that it is the same one: kilobytes. */
  MEASURED,
  /** Made of a model and kept to save time: gigabytes. */
  LARGE,
  /** Small, or of a kind that this version doesn't know: stays. */
  OTHER;

  private static final Map<EntryKind, Set<String>> NAMES =
      Map.of(
          RUN,
              Set.of(
                  "search",
                  "inputs",
                  "proposal",
                  "transcript",
                  "population",
                  "trials",
                  "sensitivity",
                  "result",
                  "ended",
                  "plan"),
          MEASURED,
              Set.of(
                  "evaluation",
                  "model-measurement",
                  "calibration",
                  "layer-statistics",
                  "removal-order"),
          LARGE,
              Set.of(
                  "ordered-weights", "gram", "fitted-layer", "dense-predictions", "pruned-model"));

  static EntryKind of(String kind) {
    return NAMES.entrySet().stream()
        .filter(names -> names.getValue().contains(kind))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(OTHER);
  }
}
