package dev.selfpruner.llm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.FoundPlan;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.ProbeResult;
import dev.selfpruner.activities.search.ProbeSets;
import dev.selfpruner.activities.search.RecordRequest;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.activities.search.Trials;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Keeps what a search has reached: its populations, and in the end its result. */
record Records(Artifacts artifacts) {

  PopulationSnapshot record(RecordRequest request) {
    if (!request.exhausted().isEmpty()) {
      return snapshotOf(request); // not this iteration's last word
    }
    return snapshot(request.searchKey(), request.iteration())
        .orElseGet(
            () ->
                artifacts.putIfAbsent(
                    SearchIndex.population(request.searchKey(), request.iteration()),
                    snapshotOf(request),
                    PopulationSnapshot.class));
  }

  /**
   * None is recorded before all that come before it: doubling and halving finds the last of
   * thousands by a dozen or two look-ups.
   */
  List<PopulationSnapshot> latest(String searchKey) {
    int recorded = 0; // iterations known to be there
    int absent = 1; // numbered from 0: one more than an iteration that may be the first not there
    while (isRecorded(searchKey, absent - 1)) {
      recorded = absent;
      absent *= 2;
    }
    while (absent - recorded > 1) {
      int middle = (recorded + absent) / 2;
      if (isRecorded(searchKey, middle - 1)) {
        recorded = middle;
      } else {
        absent = middle;
      }
    }
    return recorded == 0 ? List.of() : snapshot(searchKey, recorded - 1).stream().toList();
  }

  private boolean isRecorded(String searchKey, int iteration) {
    return artifacts.has(SearchIndex.population(searchKey, iteration));
  }

  ProbeResult gather(List<ProbeResult> parts) {
    return new ProbeResult(
        artifacts.put(new ProbeSets(parts.stream().map(ProbeResult::fitness).toList())),
        parts.stream().mapToInt(ProbeResult::evaluated).sum(),
        parts.stream().mapToInt(ProbeResult::alreadyKnown).sum(),
        parts.stream().mapToLong(ProbeResult::tokens).sum());
  }

  SearchResult conclude(SearchResult result) {
    Population population = artifacts.read(result.population(), Population.class);
    Candidate best = population.candidates().candidate(result.bestId());
    if (!result.isExhausted()) {
      ObjectNode unused =
          artifacts.putIfAbsent(
              SearchIndex.bestPlan(result.searchKey()),
              found(result.searchKey(), best.plan()),
              ObjectNode.class);
    }
    if (result.isExhausted()) { // a person's reason names nothing that could be looked for
      SearchResult unused =
          artifacts.putIfAbsent(
              SearchIndex.endedAfter(result.searchKey(), population.iteration()),
              result,
              SearchResult.class);
    }
    return artifacts.putIfAbsent(SearchIndex.result(result), result, SearchResult.class);
  }

  /** With how it was found, as far as that was recorded when the search began. */
  private ObjectNode found(String searchKey, PruningPlan plan) {
    return artifacts
        .find(SearchIndex.start(SearchStart.workflowId(searchKey)), SearchStart.class)
        .filter(start -> start.searchKey().equals(searchKey))
        .map(start -> FoundPlan.json(plan, start.spec()))
        .orElseGet(() -> Json.mapper().valueToTree(plan));
  }

  private Optional<PopulationSnapshot> snapshot(String searchKey, int iteration) {
    return artifacts.find(SearchIndex.population(searchKey, iteration), PopulationSnapshot.class);
  }

  private PopulationSnapshot snapshotOf(RecordRequest request) {
    Map<String, Candidate> candidates = new HashMap<>();
    for (ArtifactRef source :
        Stream.concat(request.parents().stream(), request.sources().stream()).toList()) {
      for (Candidate candidate : CandidateSet.read(artifacts.read(source)).candidates()) {
        candidates.put(candidate.id(), candidate);
      }
    }
    List<Individual> survivors = individuals(request.survivors(), candidates);
    if (request.exhausted().isEmpty() && !request.offspring().isEmpty()) {
      Trials unused =
          artifacts.putIfAbsent(
              SearchIndex.trials(request.searchKey(), request.iteration()),
              new Trials(request.iteration(), individuals(request.offspring(), candidates)),
              Trials.class);
    }
    ArtifactRef population = artifacts.put(new Population(request.iteration(), survivors));
    return new PopulationSnapshot(
        request.iteration(),
        population,
        request.survivors(),
        request.evaluated(),
        request.alreadyKnown(),
        request.fallbacks(),
        request.improved(),
        request.spending(),
        request.exhausted(),
        request.tokens(),
        request.credits(),
        request.unchanged(),
        request.seconds(),
        request.measuredOn());
  }

  private static List<Individual> individuals(
      List<Fitness> fitness, Map<String, Candidate> candidates) {
    return fitness.stream()
        .map(
            each ->
                new Individual(
                    known(candidates, each.candidateId()), each.perplexity(), each.failed()))
        .toList();
  }

  private static Candidate known(Map<String, Candidate> candidates, String id) {
    return Optional.ofNullable(candidates.get(id))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "survivor %s is in none of the artifacts given, which hold %s"
                        .formatted(id, candidates.keySet())));
  }
}
