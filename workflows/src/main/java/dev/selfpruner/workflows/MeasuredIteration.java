package dev.selfpruner.workflows;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.Credit;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.ProbeResult;
import dev.selfpruner.activities.search.Probing;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.PruneRequest;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.RecordRequest;
import dev.selfpruner.activities.search.Spending;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** One iteration of a search with a method: probe, propose, select in stages, record. */
final class MeasuredIteration {
  /** Id of the individual that a descent's probes differ from. */
  private static final String BASE = "base";

  private final IterationInput input;
  private final Method method;
  private final Groundwork groundwork;
  private final Draws draws;
  private final ModelActivities model = Policies.model();
  private final PopulationActivities proposals = Policies.proposals();
  private final PopulationActivities records = Policies.records();
  private final Measuring measuring;

  /**
   * A descent.
   *
   * @param probes of the best individual's neighbours
   * @param proposal what they recommend
   */
  private record Descent(List<ProbeResult> probes, Proposal proposal) {}

  /**
   * @param gate that batches go through
   * @param progress is told of every batch of evaluations
   */
  MeasuredIteration(IterationInput input, BatchGate gate, Consumer<BatchProgress> progress) {
    this.input = input;
    SearchSpec spec = input.spec();
    method = spec.method().get(0);
    groundwork = input.groundwork().get(0);
    draws = new Draws(spec.searchText(), groundwork.windows(), spec.seed());
    measuring =
        new Measuring(model, spec, input.calibration(), method.compensation(), gate, progress);
  }

  PopulationSnapshot run() {
    List<Promise<Descent>> descending =
        Offspring.descends(method.mix(), input.iteration())
            ? List.of(Async.function(this::descend))
            : List.of();
    SortedMap<Operator, Proposal> proposed = propose(); // an LLM answers while the GPU probes
    List<Descent> descents = descending.stream().map(Promise::get).toList();
    descents.forEach(descent -> proposed.put(Operator.DESCEND, descent.proposal()));
    StagedSelection.Outcome outcome =
        new StagedSelection(method.stages(), draws, input.iteration(), measuring::evaluate)
            .select(
                input.parents().stream().map(Lot::of).toList(),
                input.incumbents(),
                proposed.values().stream().map(Lot::of).toList());
    Totals probed =
        descents.stream()
            .flatMap(descent -> descent.probes().stream())
            .map(Totals::of)
            .reduce(Totals.before(input.parents(), input.groundwork()), Totals::plus);
    return record(proposed, outcome, probed.plus(outcome.totals()));
  }

  /** The probing that proposals are given has this descent's step: they needn't scale it. */
  private Descent descend() {
    int descents = Math.min(method.mix().descents(), input.spec().evolution().iterations());
    Probing probing = method.probing().inDescent(input.iteration(), descents);
    ProbeLots neighbours =
        ProbeLots.proposed(
            proposals, request(Operator.PROBE, 1, input.spent(), probing, List.of()), BASE);
    List<ProbeResult> probes =
        Probings.gathered(
            proposals,
            measuring.probe(
                neighbours, draws.descent(input.iteration(), probing.descentWindows())));
    List<ArtifactRef> fitness = probes.stream().map(ProbeResult::fitness).toList();
    return new Descent(
        probes,
        proposals.propose(
            request(Operator.DESCEND, Offspring.OF_A_DESCENT, input.spent(), probing, fitness)));
  }

  /** One after the other where what one spends is missing to the next. */
  private SortedMap<Operator, Proposal> propose() {
    boolean inTurn = input.spec().limits().any();
    Spending spent = input.spent();
    Map<Operator, Promise<Proposal>> asked = new LinkedHashMap<>();
    for (Map.Entry<Operator, Integer> wanted : wanted().entrySet()) {
      ProposalRequest request =
          request(
              wanted.getKey(), wanted.getValue(), spent, method.probing(), groundwork.fitness());
      Promise<Proposal> proposal = Async.function(proposals::propose, request);
      asked.put(wanted.getKey(), proposal);
      if (inTurn) {
        spent = spent.plus(proposal.get().spending());
      }
    }
    SortedMap<Operator, Proposal> proposed = new TreeMap<>();
    if (!input.injected().isEmpty()) {
      proposed.put(Operator.INJECT, proposals.inject(input.injected(), injection()));
    }
    asked.forEach((operator, proposal) -> proposed.put(operator, proposal.get()));
    return proposed;
  }

  private ProposalRequest injection() {
    return request(
        Operator.INJECT,
        input.injected().size(),
        input.spent(),
        method.probing(),
        groundwork.fitness());
  }

  private SortedMap<Operator, Integer> wanted() {
    return Offspring.wanted(input.spec(), method, input.iteration(), credits());
  }

  private List<Credit> credits() {
    return input.parents().stream().flatMap(parents -> parents.credits().stream()).toList();
  }

  private ProposalRequest request(
      Operator operator, int count, Spending spent, Probing probing, List<ArtifactRef> probes) {
    return ProposalRequests.of(
            input.spec(),
            input.calibration(),
            input.iteration(),
            operator,
            count,
            spent,
            input.populations(),
            List.of(probing),
            probes)
        .withLatency(groundwork.latency());
  }

  private PopulationSnapshot record(
      SortedMap<Operator, Proposal> proposed, StagedSelection.Outcome outcome, Totals totals) {
    List<Fitness> population = Selection.requireOne(outcome.population());
    int fallbacks = proposed.values().stream().mapToInt(Proposal::fallbacks).sum();
    RecordRequest request =
        new RecordRequest(
            input.spec().key(),
            input.iteration(),
            population,
            proposed.values().stream().map(Proposal::candidates).toList(),
            input.populations(),
            totals.evaluated(),
            totals.alreadyKnown(),
            fallbacks + input.parents().stream().mapToInt(PopulationSnapshot::fallbacks).sum(),
            keepImproved(proposed, population.get(0)),
            outcome.finalists(),
            proposed.values().stream()
                .map(Proposal::spending)
                .reduce(input.spent(), Spending::plus),
            proposed.values().stream()
                .map(Proposal::exhausted)
                .filter(reason -> !reason.isEmpty())
                .findFirst()
                .orElse(""),
            totals.tokens(),
            Credits.after(credits(), proposed, population),
            input.unchanged(population.get(0)),
            input.seconds() + Memos.secondsOfThisRun(),
            outcome.windows().isEmpty() ? input.measuredOn() : outcome.windows());
    // what is written is there whether somebody waits for it or not: it counts
    return Uncancelled.run(() -> records.record(request));
  }

  /**
   * The pruned models kept last, with that of {@code best} if they are asked for: one of the
   * offspring, or a parent that wasn't the best before.
   */
  private List<PrunedModel> keepImproved(SortedMap<Operator, Proposal> proposed, Fitness best) {
    Stream<PrunedModel> before =
        input.parents().stream().flatMap(parents -> parents.improved().stream());
    Stream<PrunedModel> now =
        Stream.concat(
                proposed.values().stream().map(Lot::of), input.parents().stream().map(Lot::of))
            .filter(lot -> input.spec().keepImproved() && isAnother(best))
            .filter(lot -> lot.ids().contains(best.candidateId()))
            .map(
                lot ->
                    model.prune(
                        new PruneRequest(
                            input.spec().model(),
                            input.calibration(),
                            lot.candidates(),
                            best.candidateId(),
                            method.compensation(),
                            input.spec().format())));
    return Lot.latest(Stream.concat(before, now).distinct().toList(), Policies.IMPROVED_A_PAYLOAD);
  }

  private boolean isAnother(Fitness best) {
    return input.parents().stream()
        .noneMatch(parents -> parents.best().candidateId().equals(best.candidateId()));
  }
}
