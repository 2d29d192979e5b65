package dev.selfpruner.llm;

import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Probes;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.llm.operators.Readings;
import dev.selfpruner.llm.operators.SingleBlocks;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what probes of single blocks gave. */
record ProbeReader(Artifacts artifacts) {

  /**
   * What the dense model's blocks cost: none where a request has no probes, else one, which is kept
   * where people, prompts and reports find it.
   */
  List<Sensitivity> sensitivity(ProposalRequest request, PrunableModel model) {
    if (request.probes().isEmpty()) {
      return List.of();
    }
    Optional<Sensitivity> kept =
        artifacts.find(SearchIndex.sensitivity(request.searchKey()), Sensitivity.class);
    return List.of(kept.orElseGet(() -> keep(request, model)));
  }

  private Sensitivity keep(ProposalRequest request, PrunableModel model) {
    return artifacts.putIfAbsent(
        SearchIndex.sensitivity(request.searchKey()),
        readings(request, SingleBlocks.DENSE, model).sensitivity(),
        Sensitivity.class);
  }

  /** What single steps from the best individual gave. */
  Readings neighbours(ProposalRequest request, PrunableModel model) {
    return readings(request, SingleBlocks.BASE, model);
  }

  private Readings readings(ProposalRequest request, String baseId, PrunableModel model) {
    Map<String, CandidateSet> sets = new HashMap<>(); // all batches of a probing have one
    List<Readings.Batch> batches =
        request.probes().stream()
            .map(ref -> artifacts.read(ref, Probes.class))
            .map(
                probes ->
                    new Readings.Batch(
                        sets.computeIfAbsent(
                            probes.candidates().sha256(),
                            unused -> CandidateSet.read(artifacts.read(probes.candidates()))),
                        probes.fitness()))
            .toList();
    return Readings.of(batches, baseId, model, request.space());
  }
}
