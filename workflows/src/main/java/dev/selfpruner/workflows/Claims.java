package dev.selfpruner.workflows;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.RunClaim;
import dev.selfpruner.activities.search.RunInputs;
import io.temporal.common.SearchAttributeKey;
import io.temporal.workflow.Workflow;
import java.util.Optional;

/** Which run of a search goes on in a workflow. */
final class Claims {
  /** What Temporal gives every workflow that a schedule starts. */
  private static final SearchAttributeKey<String> SCHEDULE =
      SearchAttributeKey.forKeyword("TemporalScheduledById");

  private Claims() {}

  /**
   * The run that goes on here, now that it is known what is read. A schedule's every firing is a
   * run of its own, which finds in the store what others have evaluated.
   */
  static SearchSpec claim(SearchSpec spec, Calibration calibration) {
    RunClaim claim = new RunClaim(Json.write(spec), owner(), RunInputs.of(calibration));
    return spec.withRun(Policies.launches().claim(claim));
  }

  private static String owner() {
    return Optional.ofNullable(Workflow.getTypedSearchAttributes().get(SCHEDULE)).isPresent()
        ? Workflow.getInfo().getWorkflowId()
        : "";
  }
}
