package dev.selfpruner.workflows;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.Spending;
import java.util.List;

/** What a search tells the generator of itself. */
final class ProposalRequests {
  private ProposalRequests() {}

  static ProposalRequest of(
      SearchSpec spec,
      Calibration calibration,
      int iteration,
      Operator operator,
      int count,
      Spending spent,
      List<ArtifactRef> population) {
    return new ProposalRequest(
        spec.key(),
        iteration,
        operator,
        count,
        spec.seed(),
        spec.sparsity(),
        spec.widthMultiple(),
        spec.generatorFor(operator),
        spec.limits(),
        spent,
        spec.model(),
        spec.searchText().path(),
        calibration,
        population);
  }
}
