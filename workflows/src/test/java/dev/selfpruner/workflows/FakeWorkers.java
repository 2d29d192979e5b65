package dev.selfpruner.workflows;

import dev.selfpruner.activities.Digests;
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
import dev.selfpruner.activities.search.InjectedCandidate;
import dev.selfpruner.activities.search.LatencyFigures;
import dev.selfpruner.activities.search.LatencyGoal;
import dev.selfpruner.activities.search.LatencyReportRequest;
import dev.selfpruner.activities.search.LatencyRequest;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.ModelMeasurementRequest;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.ProbeNames;
import dev.selfpruner.activities.search.ProbeResult;
import dev.selfpruner.activities.search.Probes;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.PruneRequest;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.RecordRequest;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.activities.search.WindowsRequest;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Both workers over a model of two layers whose perplexity is a formula: the first layer's rate
 * hurts three times as much as the second's. Keeps its artifacts, as a store would, when a server
 * is lost.
 */
final class FakeWorkers implements ModelActivities, PopulationActivities {
  private static final double SPARSITY = 0.3;

  /** A candidate's, as if an LLM had been asked. */
  static final long TOKENS = 100;

  private final FakeStore store = new FakeStore();
  private final List<SearchResult> results = new CopyOnWriteArrayList<>();
  private final List<String> evaluated = new CopyOnWriteArrayList<>();
  private final List<String> pruned = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> failures = new ConcurrentHashMap<>();
  private final Map<String, String> broken = new ConcurrentHashMap<>();
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

  List<SearchResult> results() {
    return List.copyOf(results);
  }

  /** Those of all searches, one search after the other. */
  List<PopulationSnapshot> snapshots() {
    return store.snapshots();
  }

  /** Iterations that a search has recorded. */
  int recorded(String searchKey) {
    return store.recorded(searchKey);
  }

  /** A search finds what another has recorded, as if it were its own. */
  void giveRecords(String from, String to) {
    store.giveRecords(from, to);
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

  /** A candidate has no perplexity, for a reason; all of whose ids begin so. */
  void breakCandidates(String beginning, String reason) {
    broken.put(beginning, reason);
  }

  private Fitness fitness(String id, CandidateSet candidates) {
    return broken.entrySet().stream()
        .filter(entry -> id.startsWith(entry.getKey()))
        .map(entry -> new Fitness(id, Double.POSITIVE_INFINITY, false, 0L, entry.getValue()))
        .findFirst()
        .orElseGet(() -> new Fitness(id, perplexity(candidates.candidate(id)), false));
  }

  @Override
  public Calibration calibrate(CalibrationRequest request) {
    return new Calibration(
        "calibration",
        Digests.sha256("model"),
        store.put("prunable"),
        store.put("importance"),
        1000,
        2);
  }

  @Override
  public List<Fitness> evaluate(EvaluationRequest request) {
    CandidateSet candidates = store.candidates(request.candidates());
    List<Fitness> result = new ArrayList<>();
    for (String id : request.ids()) {
      if (failures.merge(id, -1, Integer::sum) >= 0) {
        throw new IllegalStateException("the GPU fell off the bus while evaluating " + id);
      }
      evaluated.add(id);
      result.add(fitness(id, candidates));
    }
    return result;
  }

  @Override
  public ProbeResult probe(EvaluationRequest request) {
    List<Fitness> fitness = evaluate(request);
    return new ProbeResult(
        store.put(new Probes(request.candidates(), fitness)), fitness.size(), 0, 0);
  }

  @Override
  public int windows(WindowsRequest request) {
    return request.text().windows();
  }

  @Override
  public LatencyGoal measureLatency(LatencyRequest request) {
    throw new UnsupportedOperationException("a search as published has no budget of time");
  }

  @Override
  public LatencyFigures reportLatency(LatencyReportRequest request) {
    throw new UnsupportedOperationException("a search as published has no budget of time");
  }

  @Override
  public List<Measurement> measure(EvaluationRequest request) {
    CandidateSet candidates = store.candidates(request.candidates());
    return request.ids().stream().map(candidates::candidate).map(FakeWorkers::measurement).toList();
  }

  private static Measurement measurement(Candidate candidate) {
    return new Measurement(perplexity(candidate), 700, 1 - candidate.rates().mean());
  }

  @Override
  public PrunedModel prune(PruneRequest request) {
    pruned.add(request.id());
    Candidate candidate = store.candidates(request.candidates()).candidate(request.id());
    return new PrunedModel(store.put(measurement(candidate)), 700, 1 - SPARSITY, request.format());
  }

  @Override
  public PrunedModel fit(FitRequest request) {
    return prune(
        new PruneRequest(
            request.model(),
            request.calibration(),
            request.candidates(),
            request.id(),
            request.compensation(),
            request.format()));
  }

  @Override
  public Measurement measureModel(ModelMeasurementRequest request) {
    return store.read(request.model().files(), Measurement.class);
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
    return store.record(request);
  }

  @Override
  public ProbeNames probes(ProposalRequest request, int from, int most) {
    Proposal all = propose(request);
    List<String> ids = all.ids();
    return new ProbeNames(
        all.candidates(), ids.size(), from, ids.subList(from, Math.min(ids.size(), from + most)));
  }

  @Override
  public ProbeResult gather(List<ProbeResult> parts) {
    return store.gather(parts);
  }

  @Override
  public ArtifactRef keepInjected(InjectedCandidate candidate, ProposalRequest request) {
    return store.put(candidate);
  }

  @Override
  public Proposal inject(List<ArtifactRef> injected, ProposalRequest request) {
    return proposal(
        injected.stream()
            .map(
                each -> {
                  List<Double> rates = store.read(each, InjectedCandidate.class).rates();
                  String id = "INJECT-%d-%d".formatted(request.iteration(), injected.indexOf(each));
                  return candidate(id, rates.get(0), rates.get(1), request);
                })
            .toList(),
        Spending.NOTHING,
        "");
  }

  @Override
  public List<PopulationSnapshot> latest(String searchKey) {
    return store.latest(searchKey);
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
        store.put(new CandidateSet(candidates)),
        candidates.stream().map(Candidate::id).toList(),
        0,
        spending,
        exhausted);
  }
}
