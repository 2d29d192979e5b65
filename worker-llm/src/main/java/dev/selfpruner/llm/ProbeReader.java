package dev.selfpruner.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.ProbeSets;
import dev.selfpruner.activities.search.Probes;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.llm.operators.Readings;
import dev.selfpruner.llm.operators.SingleBlocks;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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
        Readings.of(batches(request), SingleBlocks.DENSE, model, request.space()).sensitivity(),
        Sensitivity.class);
  }

  /**
   * What single steps from the best individual gave, in batches in which it has a number itself:
   * one, or none where it has none anywhere. It has one on the windows that it was selected on, and
   * a descent reads others. Without the dense model's there is nothing to search on.
   */
  List<Readings> neighbours(ProposalRequest request, PrunableModel model) {
    List<Readings.Batch> all = batches(request);
    List<Readings.Batch> sound =
        all.stream().filter(batch -> batch.failed(SingleBlocks.BASE).isEmpty()).toList();
    return sound.isEmpty() && !all.isEmpty()
        ? List.of()
        : List.of(Readings.of(sound, SingleBlocks.BASE, model, request.space()));
  }

  /** Why the best individual has no number beside its neighbours; empty where it has one. */
  Optional<String> failed(ProposalRequest request) {
    List<Optional<String>> failed =
        batches(request).stream().map(batch -> batch.failed(SingleBlocks.BASE)).toList();
    return failed.isEmpty() || failed.stream().anyMatch(Optional::isEmpty)
        ? Optional.empty()
        : failed.get(0);
  }

  private List<Readings.Batch> batches(ProposalRequest request) {
    Map<String, CandidateSet> sets = new HashMap<>(); // all batches of a probing have one
    return request.probes().stream()
        .flatMap(this::probes)
        .map(
            probes ->
                new Readings.Batch(
                    sets.computeIfAbsent(
                        probes.candidates().sha256(),
                        unused -> CandidateSet.read(artifacts.read(probes.candidates()))),
                    probes.fitness()))
        .toList();
  }

  /** Of one batch, or of several that were gathered. */
  private Stream<Probes> probes(ArtifactRef ref) {
    byte[] json = artifacts.read(ref);
    return Json.readStored(json, JsonNode.class).has("parts")
        ? Json.readStored(json, ProbeSets.class).parts().stream().flatMap(this::probes)
        : Stream.of(Json.readStored(json, Probes.class));
  }
}
