package dev.selfpruner.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.FoundPlan;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.workflows.Mistakes;
import java.io.IOException;
import java.nio.file.Path;

/** Plans that people give: counts of units, what a search stored, or the report of one. */
final class PlanFile {
  private static final ObjectReader READER =
      Json.mapper()
          .readerFor(FoundPlan.class)
          .without(
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

  private PlanFile() {}

  /**
   * Reads {@code --plan}.
   *
   * @throws UserError if it is none
   */
  static FoundPlan read(Path given) {
    Path file = InputFiles.readable("--plan", given);
    ObjectNode tree = BadInput.refused(() -> Json.read(file, ObjectNode.class));
    try {
      return READER.readValue(tree.has("searchKey") ? ofReport(file, tree) : tree);
    } catch (JsonProcessingException e) {
      throw new UserError("--plan: %s: %s".formatted(file, Mistakes.of(e)), e);
    } catch (IOException e) {
      throw new UserError("--plan: cannot read " + file, e);
    }
  }

  private static ObjectNode ofReport(Path file, ObjectNode report) {
    if (report.get("plan") instanceof ObjectNode plan) {
      return FoundPlan.json(plan, report.path("method"));
    }
    throw new UserError(
        "--plan: %s is a report without a plan: it is of an earlier version; run its search again for one, or write the plan yourself"
            .formatted(file));
  }
}
