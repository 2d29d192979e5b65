package dev.selfpruner.workflows;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.ProbeResult;
import dev.selfpruner.activities.search.ProbeSets;
import dev.selfpruner.activities.search.Probes;
import dev.selfpruner.activities.search.RecordRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** Artifacts and records of searches, which stay when a server is lost. */
final class FakeStore {
  private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
  private final Map<String, SortedMap<Integer, PopulationSnapshot>> snapshots =
      new ConcurrentHashMap<>();

  ArtifactRef put(Object content) {
    byte[] json = Json.write(content).getBytes(UTF_8);
    String sha256 = Digests.sha256(json);
    blobs.put(sha256, json);
    return new ArtifactRef("memory:" + sha256, sha256, json.length);
  }

  <T> T read(ArtifactRef ref, Class<T> type) {
    return Json.read(blobs.get(ref.sha256()), type);
  }

  CandidateSet candidates(ArtifactRef ref) {
    return CandidateSet.read(blobs.get(ref.sha256()));
  }

  ProbeResult gather(List<ProbeResult> parts) {
    return new ProbeResult(
        put(new ProbeSets(parts.stream().map(ProbeResult::fitness).toList())),
        parts.stream().mapToInt(ProbeResult::evaluated).sum(),
        parts.stream().mapToInt(ProbeResult::alreadyKnown).sum(),
        parts.stream().mapToLong(ProbeResult::tokens).sum());
  }

  /** Of one batch, or of several that were gathered. */
  Stream<Probes> probes(ArtifactRef ref) {
    return new String(blobs.get(ref.sha256()), UTF_8).startsWith("{\"parts\"")
        ? read(ref, ProbeSets.class).parts().stream().flatMap(this::probes)
        : Stream.of(read(ref, Probes.class));
  }

  /** Those of all searches, one search after the other. */
  List<PopulationSnapshot> snapshots() {
    return snapshots.values().stream().flatMap(each -> each.values().stream()).toList();
  }

  /** Iterations that a search has recorded. */
  int recorded(String searchKey) {
    return snapshots.get(searchKey).size();
  }

  /** A search finds what another has recorded, as if it were its own. */
  void giveRecords(String from, String to) {
    snapshots.put(to, snapshots.get(from));
  }

  List<PopulationSnapshot> latest(String searchKey) {
    return Optional.ofNullable(snapshots.get(searchKey)).stream()
        .map(each -> each.get(each.lastKey()))
        .toList();
  }

  PopulationSnapshot record(RecordRequest request) {
    Map<String, Candidate> known = new TreeMap<>();
    Stream.concat(request.sources().stream(), request.parents().stream())
        .map(this::candidates)
        .forEach(set -> set.candidates().forEach(each -> known.put(each.id(), each)));
    Population population =
        new Population(
            request.iteration(),
            request.survivors().stream()
                .map(fit -> new Individual(known.get(fit.candidateId()), fit.perplexity()))
                .toList());
    PopulationSnapshot snapshot =
        new PopulationSnapshot(
            request.iteration(),
            put(population),
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
    if (!snapshot.isExhausted()) {
      snapshots
          .computeIfAbsent(request.searchKey(), key -> new ConcurrentSkipListMap<>())
          .putIfAbsent(request.iteration(), snapshot);
    }
    return snapshot;
  }
}
