package dev.selfpruner.workflows;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.FitRequest;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.InjectedCandidate;
import dev.selfpruner.activities.search.LatencyFigures;
import dev.selfpruner.activities.search.LatencyGoal;
import dev.selfpruner.activities.search.LatencyReportRequest;
import dev.selfpruner.activities.search.LatencyRequest;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.activities.search.ModelMeasurementRequest;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Population;
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
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.activities.search.WindowsRequest;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Both workers of searches with a method, over {@link FakeBlocks}. */
final class FakeBlockWorkers implements ModelActivities, PopulationActivities {
  /** Windows that every text has. */
  static final int WINDOWS = 64;

  /** Tokens that a window puts through a candidate. */
  static final int TOKENS = 100;

  /** What a candidate of an LLM's costs. */
  static final long LLM_TOKENS = 100;

  /** Share of the loss that the final fit leaves. */
  private static final double FITTED = 0.9;

  private final FakeStore store = new FakeStore();
  private final Set<String> known = ConcurrentHashMap.newKeySet();
  private final Map<String, Proposal> proposals = new ConcurrentHashMap<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final List<Object> requests = new CopyOnWriteArrayList<>();
  private final List<SearchResult> results = new CopyOnWriteArrayList<>();
  private final AtomicInteger mishaps = new AtomicInteger();
  private volatile Supplier<Boolean> mishap = () -> false;
  private volatile Consumer<RecordRequest> onRecord = request -> {};
  private volatile Consumer<String> onCall = line -> {};
  private volatile BiPredicate<String, EvaluationRequest> overflow = (id, request) -> false;

  FakeStore store() {
    return store;
  }

  /** What was asked for, in order: one line for all of the same kind that follow each other. */
  List<String> calls() {
    List<String> lines = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    for (String call : calls) {
      String[] parts = call.split(" ", 2);
      int last = lines.size() - 1;
      if (last >= 0 && lines.get(last).equals(parts[1])) {
        counts.set(last, counts.get(last) + Integer.parseInt(parts[0]));
      } else {
        lines.add(parts[1]);
        counts.add(Integer.parseInt(parts[0]));
      }
    }
    List<String> all = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      all.add(counts.get(i) + " " + lines.get(i));
    }
    return all;
  }

  <R> List<R> requests(Class<R> type) {
    return requests.stream().filter(type::isInstance).map(type::cast).toList();
  }

  List<ProposalRequest> proposalsBy(Operator operator) {
    return requests(ProposalRequest.class).stream()
        .filter(request -> request.operator() == operator)
        .toList();
  }

  /** At most one. */
  List<Proposal> proposed(Operator operator, int iteration) {
    return proposals.entrySet().stream()
        .filter(each -> each.getKey().endsWith("/%d/%s".formatted(iteration, operator)))
        .map(Map.Entry::getValue)
        .toList();
  }

  List<SearchResult> results() {
    return List.copyOf(results);
  }

  /** From now on, of any five calls one fails before it has done anything, and one after. */
  void failNowAndThen(long seed) {
    Random random = new Random(seed);
    mishap =
        () -> {
          synchronized (random) {
            return random.nextInt(5) == 0 && mishaps.incrementAndGet() > 0;
          }
        };
  }

  int mishaps() {
    return mishaps.get();
  }

  /** Does something before an iteration is recorded. */
  void beforeRecording(Consumer<RecordRequest> action) {
    onRecord = action;
  }

  /** Does something before a call, which {@link #calls} will tell by the same line. */
  void beforeCall(Consumer<String> action) {
    onCall = action;
  }

  /** From now on, these candidates have no number. */
  void overflowWhere(BiPredicate<String, EvaluationRequest> condition) {
    overflow = condition;
  }

  @Override
  public Calibration calibrate(CalibrationRequest request) {
    return call(
        "1 calibrate in order %s by %s%s"
            .formatted(
                request.order(), request.attentionUnit(), request.gram() ? " with Gram" : ""),
        request,
        () ->
            new Calibration(
                "calibration",
                Digests.sha256("model"),
                store.put("prunable"),
                store.put("importance"),
                FakeBlocks.PARAMETERS,
                FakeBlocks.LAYERS));
  }

  @Override
  public int windows(WindowsRequest request) {
    return call("1 windows of " + request.text().path(), request, () -> WINDOWS);
  }

  @Override
  public List<Fitness> evaluate(EvaluationRequest request) {
    return call(line("evaluated", request), request, () -> fitness(request));
  }

  @Override
  public ProbeResult probe(EvaluationRequest request) {
    return call(
        line("probed", request),
        request,
        () -> {
          List<Fitness> fitness = fitness(request);
          return new ProbeResult(
              store.put(new Probes(request.candidates(), fitness)),
              fitness.size(),
              (int) fitness.stream().filter(Fitness::alreadyKnown).count(),
              fitness.stream().mapToLong(Fitness::tokens).sum());
        });
  }

  @Override
  public LatencyGoal measureLatency(LatencyRequest request) {
    return call(
        "1 table of latencies on " + request.target().device(),
        request,
        () -> new LatencyGoal(request.target(), store.put("table")));
  }

  @Override
  public LatencyFigures reportLatency(LatencyReportRequest request) {
    return call(
        "1 report of latencies",
        request,
        () -> new LatencyFigures(request.goal().target(), 8, 10, 7.9, 7.95, 11, 8.5));
  }

  @Override
  public List<Measurement> measure(EvaluationRequest request) {
    return call(
        line("measured", request),
        request,
        () ->
            candidates(request).stream()
                .map(each -> measurement(each.plan(), perplexity(each, request)))
                .toList());
  }

  @Override
  public PrunedModel prune(PruneRequest request) {
    return call(
        "1 prune",
        request,
        () -> {
          PruningPlan plan = store.candidates(request.candidates()).candidate(request.id()).plan();
          return stored(
              measurement(plan, FakeBlocks.perplexity(plan, onTest(), request.compensation())),
              request.format());
        });
  }

  @Override
  public PrunedModel fit(FitRequest request) {
    return call(
        "1 fit on %s, chosen on %s".formatted(request.text().path(), request.heldOut().path()),
        request,
        () -> {
          PruningPlan plan = store.candidates(request.candidates()).candidate(request.id()).plan();
          double searched =
              FakeBlocks.perplexity(plan, onTest(), new Compensation.LeastSquares(0.01));
          return stored(measurement(plan, Math.pow(searched, FITTED)), request.format());
        });
  }

  @Override
  public Measurement measureModel(ModelMeasurementRequest request) {
    return call(
        "1 model measured on " + request.text().path(),
        request,
        () -> store.read(request.model().files(), Measurement.class));
  }

  @Override
  public void begin(SearchStart start) {
    boolean unused = call("1 begin", start, () -> true);
  }

  @Override
  public Proposal propose(ProposalRequest request) {
    return call(
        "%d %s proposed in iteration %d"
            .formatted(request.count(), request.operator(), request.iteration()),
        request,
        () -> {
          String key = key(request);
          Proposal proposal = proposals.getOrDefault(key, made(request));
          if (!proposal.isExhausted()) {
            proposals.put(key, proposal);
          }
          return proposal;
        });
  }

  @Override
  public PopulationSnapshot record(RecordRequest request) {
    onRecord.accept(request);
    return call(
        "1 record of iteration " + request.iteration(), request, () -> store.record(request));
  }

  @Override
  public ProbeNames probes(ProposalRequest request, int from, int most) {
    Proposal all = from == 0 ? propose(request) : proposals.get(key(request));
    List<String> ids = all.ids();
    return new ProbeNames(
        all.candidates(), ids.size(), from, ids.subList(from, Math.min(ids.size(), from + most)));
  }

  @Override
  public ProbeResult gather(List<ProbeResult> parts) {
    return call("%d gathered".formatted(parts.size()), parts, () -> store.gather(parts));
  }

  @Override
  public ArtifactRef keepInjected(InjectedCandidate candidate, ProposalRequest request) {
    return call(
        "1 kept",
        candidate,
        () -> {
          if (candidate.rates().stream().anyMatch(rate -> rate > 0.9)) {
            throw ApplicationFailure.newNonRetryableFailure(
                "no plan with these rates", "InvalidRequest");
          }
          return store.put(candidate);
        });
  }

  @Override
  public Proposal inject(List<ArtifactRef> injected, ProposalRequest request) {
    return call(
        "%d INJECT proposed in iteration %d".formatted(injected.size(), request.iteration()),
        request,
        () -> injected(injected, request));
  }

  @Override
  public List<PopulationSnapshot> latest(String searchKey) {
    return call("1 latest", searchKey, () -> store.latest(searchKey));
  }

  @Override
  public void conclude(SearchResult result) {
    boolean unused = call("1 conclude", result, () -> results.add(result));
  }

  private <R> R call(String line, Object request, Supplier<R> work) {
    if (mishap.get()) {
      throw new IllegalStateException("died before: " + line);
    }
    onCall.accept(line);
    calls.add(line);
    requests.add(request);
    R result = work.get();
    if (mishap.get()) {
      throw new IllegalStateException("died after: " + line);
    }
    return result;
  }

  private static String line(String what, EvaluationRequest request) {
    TextWindows text = request.text();
    return "%d %s on %d of %s"
        .formatted(request.ids().size(), what, Math.min(WINDOWS, text.windows()), text.path());
  }

  private List<Candidate> candidates(EvaluationRequest request) {
    CandidateSet set = store.candidates(request.candidates());
    return request.ids().stream().map(set::candidate).toList();
  }

  /** What an evaluation gives, once more. */
  List<Fitness> fitness(EvaluationRequest request) {
    return candidates(request).stream()
        .map(
            each -> {
              String key =
                  "%s %s %s".formatted(each.plan(), request.text(), request.compensation());
              long tokens = (long) TOKENS * Math.min(WINDOWS, request.text().windows());
              if (overflow.test(each.id(), request)) {
                return new Fitness(
                    each.id(), Double.POSITIVE_INFINITY, false, tokens, "its loss is not finite");
              }
              return new Fitness(each.id(), perplexity(each, request), !known.add(key), tokens);
            })
        .toList();
  }

  private static double perplexity(Candidate candidate, EvaluationRequest request) {
    TextWindows text = request.text();
    TextWindows bounded =
        new TextWindows(
            text.path(),
            text.sequenceLength(),
            text.firstWindow(),
            Math.min(WINDOWS, text.windows()),
            text.beginOfSequence());
    return FakeBlocks.perplexity(candidate.plan(), bounded, request.compensation());
  }

  private static Measurement measurement(PruningPlan plan, double perplexity) {
    int parameters = FakeBlocks.parameters(plan);
    return new Measurement(perplexity, parameters, parameters / (double) FakeBlocks.PARAMETERS);
  }

  private PrunedModel stored(Measurement model, ModelFormat format) {
    return new PrunedModel(store.put(model), model.parameters(), model.keptBlockShare(), format);
  }

  private static TextWindows onTest() {
    return new TextWindows(FakeBlocks.TEST, 128, 0, 1, true);
  }

  private static String key(ProposalRequest request) {
    return "%s/%d/%s".formatted(request.searchKey(), request.iteration(), request.operator());
  }

  private Proposal injected(List<ArtifactRef> injected, ProposalRequest request) {
    List<Candidate> candidates = new ArrayList<>();
    for (ArtifactRef each : injected) {
      PruningPlan plan = store.read(each, InjectedCandidate.class).plan().orElseThrow();
      candidates.add(
          new Candidate(
              "i%02d-inject-%02d".formatted(request.iteration(), candidates.size()),
              LayerRates.uniform(FakeBlocks.LAYERS, 0.3),
              plan,
              new Lineage(request.iteration(), Operator.INJECT, "injected", List.of())));
    }
    return new Proposal(
        store.put(new CandidateSet(candidates)),
        candidates.stream().map(Candidate::id).toList(),
        0,
        Spending.NOTHING,
        "");
  }

  private Proposal made(ProposalRequest request) {
    List<Individual> population =
        request.population().stream()
            .flatMap(ref -> store.read(ref, Population.class).individuals().stream())
            .toList();
    Map<String, Double> measured = new HashMap<>();
    request.probes().stream()
        .flatMap(store::probes)
        .flatMap(probes -> probes.fitness().stream())
        .forEach(each -> measured.put(each.candidateId(), each.perplexity()));
    List<Candidate> all = new FakeOperators(request, population, measured).propose();
    boolean paid = request.generator() instanceof Generator.LargeLanguageModel;
    long left = paid ? request.limits().tokens() - request.spent().tokens() : Long.MAX_VALUE;
    List<Candidate> candidates = all.stream().limit(left / LLM_TOKENS).toList();
    return new Proposal(
        store.put(new CandidateSet(candidates)),
        candidates.stream().map(Candidate::id).toList(),
        0,
        paid ? new Spending(1, 0, candidates.size() * LLM_TOKENS, 0) : Spending.NOTHING,
        candidates.size() < all.size() ? request.limits().tokenLimit() : "");
  }
}
