package dev.selfpruner.workflows;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Probing;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.SearchSpace;
import dev.selfpruner.activities.search.Spending;
import java.util.List;

/** What a search tells the generator of itself. */
final class ProposalRequests {
  private ProposalRequests() {}

  /** With the search's own probing, if it has a method, and nothing probed. */
  static ProposalRequest of(
      SearchSpec spec,
      Calibration calibration,
      int iteration,
      Operator operator,
      int count,
      Spending spent,
      List<ArtifactRef> population) {
    List<Probing> probing = spec.method().stream().map(Method::probing).toList();
    return of(spec, calibration, iteration, operator, count, spent, population, probing, List.of());
  }

  /** Of one candidate that a person gives, wherever it will be needed. */
  static ProposalRequest injection(SearchSpec spec, Continued known, int iteration) {
    return of(
        spec,
        known.calibration(),
        iteration,
        Operator.INJECT,
        1,
        Spending.NOTHING,
        List.of(),
        spec.method().stream().map(Method::probing).toList(),
        known.groundwork().stream().flatMap(each -> each.fitness().stream()).toList());
  }

  static ProposalRequest of(
      SearchSpec spec,
      Calibration calibration,
      int iteration,
      Operator operator,
      int count,
      Spending spent,
      List<ArtifactRef> population,
      List<Probing> probing,
      List<ArtifactRef> probes) {
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
        population,
        spec.method().stream().map(Method::space).findFirst().orElse(SearchSpace.LAYERS),
        probing,
        probes,
        List.of());
  }
}
