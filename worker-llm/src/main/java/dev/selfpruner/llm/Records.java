package dev.selfpruner.llm;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.RecordRequest;
import dev.selfpruner.activities.search.SearchResult;
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

  List<PopulationSnapshot> latest(String searchKey) {
    Optional<PopulationSnapshot> latest = Optional.empty();
    Optional<PopulationSnapshot> next = snapshot(searchKey, 0);
    while (next.isPresent()) {
      latest = next;
      next = snapshot(searchKey, next.get().iteration() + 1);
    }
    return latest.stream().toList();
  }

  SearchResult conclude(SearchResult result) {
    Candidate best =
        artifacts
            .read(result.population(), Population.class)
            .candidates()
            .candidate(result.bestId());
    if (!result.isExhausted()) {
      PruningPlan unused =
          artifacts.putIfAbsent(
              SearchIndex.bestPlan(result.searchKey()), best.plan(), PruningPlan.class);
    }
    return artifacts.putIfAbsent(SearchIndex.result(result), result, SearchResult.class);
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
        request.seconds());
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
