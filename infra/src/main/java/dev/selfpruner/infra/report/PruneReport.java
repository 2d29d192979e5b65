package dev.selfpruner.infra.report;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.ModelFormat;
import java.util.Locale;
import java.util.Map;

/**
 * What a pruning came to.
 *
 * @param before parameters of the model, embedding and norms included
 * @param after parameters that are left
 * @param keptBlockShare share of the decoder blocks' parameters that is left
 * @param output directory of the pruned model
 */
public record PruneReport(
    long before,
    long after,
    double keptBlockShare,
    PruningPlan plan,
    ModelFormat format,
    String output) {

  public String json() {
    return Json.write(
        Map.of(
            "parameters",
            Map.of("before", before, "after", after),
            "keptBlockShare",
            keptBlockShare,
            "plan",
            plan,
            "format",
            format.name().toLowerCase(Locale.ROOT),
            "output",
            output));
  }

  /** Two lines for people. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "parameters   %,d of %,d; %.2f%% of the decoder blocks' are left%nmodel        %s",
        after,
        before,
        100 * keptBlockShare,
        output);
  }
}
