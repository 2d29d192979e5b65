package dev.selfpruner.workflows;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.FitRequest;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.ModelMeasurementRequest;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.PruneRequest;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.RecordRequest;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.activities.search.Spending;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Both workers over a model of two layers whose perplexity is a formula: the first layer's rate
 * hurts three times as much as the second's. Keeps its artifacts, as a store would, when a server
 * is lost.
 */
final class FakeWorkers implements ModelActivities, PopulationActivities {
  private static final double SPARSITY = 0.3;

  /** What of a perplexity a fit leaves. */
  private static final double FITTED = 0.9;

  /** A candidate's, as if an LLM had been asked. */
  static final long TOKENS = 100;

  private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
  private final Map<String, SortedMap<Integer, PopulationSnapshot>> snapshots =
      new ConcurrentHashMap<>();
  private final List<SearchResult> results = new CopyOnWriteArrayList<>();
  private final List<String> evaluated = new CopyOnWriteArrayList<>();
  private final List<String> pruned = new CopyOnWriteArrayList<>();
  private final List<String> fitted = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> failures = new ConcurrentHashMap<>();
  private final List<Spending> spentBefore = new CopyOnWriteArrayList<>();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger mostUnderWay = new AtomicInteger();
  private volatile CountDownLatch together = new CountDownLatch(0);

  List<String> evaluated() {
    return List.copyOf(evaluated);
  }

  List<String> pruned() {
    return List.copyOf(pruned);
  }

  List<String> fitted() {
    return List.copyOf(fitted);
  }

  List<SearchResult> results() {
    return List.copyOf(results);
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

  /** The search of that key can't begin. */
  void refuse(String searchKey) {
    refused.add(searchKey);
  }

  /** The first {@code searches} that begin wait for each other. */
  void beginTogether(int searches) {
    together = new CountDownLatch(searches);
  }

  /** Searches that were between their beginning and their end at the same time, at most. */
  int mostUnderWay() {
    return mostUnderWay.get();
  }

  /** What each proposal was told that the search had spent before, in order. */
  List<Spending> spentBefore() {
    return List.copyOf(spentBefore);
  }

  /** The next {@code times} evaluations of a candidate fail. */
  void failEvaluation(String id, int times) {
    failures.put(id, times);
  }

  @Override
  public Calibration calibrate(CalibrationRequest request) {
    return new Calibration(
        "calibration", Digests.sha256("model"), put("prunable"), put("importance"), 1000, 2);
  }

  @Override
  public List<Fitness> evaluate(EvaluationRequest request) {
    CandidateSet candidates = CandidateSet.read(blobs.get(request.candidates().sha256()));
    List<Fitness> result = new ArrayList<>();
    for (String id : request.ids()) {
      if (failures.merge(id, -1, Integer::sum) >= 0) {
        throw new IllegalStateException("the GPU fell off the bus while evaluating " + id);
      }
      evaluated.add(id);
      result.add(new Fitness(id, perplexity(candidates.candidate(id)), false));
    }
    return result;
  }

  @Override
  public List<Measurement> measure(EvaluationRequest request) {
    CandidateSet candidates = CandidateSet.read(blobs.get(request.candidates().sha256()));
    return request.ids().stream()
        .map(candidates::candidate)
        .map(each -> new Measurement(perplexity(each), 700, 1 - each.rates().mean()))
        .toList();
  }

  @Override
  public PrunedModel prune(PruneRequest request) {
    CandidateSet candidates = CandidateSet.read(blobs.get(request.candidates().sha256()));
    pruned.add(request.id());
    double left = perplexity(candidates.candidate(request.id()));
    return new PrunedModel(
        put("model of %s: perplexity %s".formatted(request.id(), left)), 700, 1 - SPARSITY);
  }

  @Override
  public PrunedModel fit(FitRequest request) {
    CandidateSet candidates = CandidateSet.read(blobs.get(request.candidates().sha256()));
    double left = perplexity(candidates.candidate(request.id())) * FITTED;
    fitted.add(request.id());
    return new PrunedModel(
        put("fit of %s: perplexity %s".formatted(request.id(), left)), 700, 1 - SPARSITY);
  }

  /** What was pruned has the perplexity of its rates, what was fitted less. */
  @Override
  public Measurement measureModel(ModelMeasurementRequest request) {
    String content = new String(blobs.get(request.model().files().sha256()), UTF_8);
    double perplexity = Double.parseDouble(content.substring(content.lastIndexOf(' ') + 1));
    return new Measurement(
        perplexity, request.model().parameters(), request.model().keptBlockShare());
  }

  @Override
  public void begin(SearchStart start) {
    if (refused.contains(start.searchKey())) {
      throw ApplicationFailure.newNonRetryableFailure("there is no such LLM", "NoSuchLlm");
    }
    int now = underWay.incrementAndGet();
    int unused = mostUnderWay.accumulateAndGet(now, Math::max);
    together.countDown();
    try {
      boolean unusedToo = together.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Proposal propose(ProposalRequest request) {
    if (request.operator() == Operator.BASELINE) {
      return proposal(
          List.of(candidate("dense", 0, 0, request), candidate("uniform", 0.3, 0.3, request)),
          Spending.NOTHING,
          "");
    }
    spentBefore.add(request.spent());
    long affordable = (request.limits().tokens() - request.spent().tokens()) / TOKENS;
    int count = (int) Math.min(request.count(), affordable);
    return proposal(
        IntStream.range(0, count)
            .mapToObj(
                i -> {
                  int number = request.iteration() * 10 + i;
                  double first = SPARSITY - 0.003 * number;
                  String id = "%s-%d-%d".formatted(request.operator(), request.iteration(), i);
                  return candidate(id, first, 2 * SPARSITY - first, request);
                })
            .toList(),
        new Spending(1, 0, count * TOKENS, 0),
        count < request.count() ? "the limit of tokens" : "");
  }

  @Override
  public PopulationSnapshot record(RecordRequest request) {
    Map<String, Candidate> known = new TreeMap<>();
    Stream.concat(request.sources().stream(), request.parents().stream())
        .map(ref -> CandidateSet.read(blobs.get(ref.sha256())))
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
            put(Json.write(population)),
            request.survivors(),
            request.evaluated(),
            request.alreadyKnown(),
            request.fallbacks(),
            request.improved(),
            request.spending(),
            request.exhausted());
    if (!snapshot.isExhausted()) {
      snapshots
          .computeIfAbsent(request.searchKey(), key -> new ConcurrentSkipListMap<>())
          .put(request.iteration(), snapshot);
    }
    return snapshot;
  }

  @Override
  public List<PopulationSnapshot> latest(String searchKey) {
    return Optional.ofNullable(snapshots.get(searchKey)).stream()
        .map(each -> each.get(each.lastKey()))
        .toList();
  }

  @Override
  public void conclude(SearchResult result) {
    underWay.decrementAndGet();
    results.add(result);
  }

  private static double perplexity(Candidate candidate) {
    List<Double> rates = candidate.rates().rates();
    return Math.exp(1 + 3 * rates.get(0) + rates.get(1));
  }

  private static Candidate candidate(
      String id, double first, double second, ProposalRequest request) {
    return new Candidate(
        id,
        new LayerRates(List.of(first, second)),
        new PruningPlan(List.of(new LayerPlan(4, 100), new LayerPlan(4, 100))),
        new Lineage(request.iteration(), request.operator(), "fake", List.of()));
  }

  private Proposal proposal(List<Candidate> candidates, Spending spending, String exhausted) {
    return new Proposal(
        put(Json.write(new CandidateSet(candidates))),
        candidates.stream().map(Candidate::id).toList(),
        0,
        spending,
        exhausted);
  }

  private ArtifactRef put(String content) {
    String sha256 = Digests.sha256(content);
    blobs.put(sha256, content.getBytes(UTF_8));
    return new ArtifactRef("memory:" + sha256, sha256, content.length());
  }
}
