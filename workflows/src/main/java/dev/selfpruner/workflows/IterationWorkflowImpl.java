package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.PruneRequest;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.RecordRequest;
import dev.selfpruner.activities.search.Spending;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** {@inheritDoc} */
public final class IterationWorkflowImpl implements IterationWorkflow {
  private final ModelActivities model = Policies.model();
  private final PopulationActivities proposals = Policies.proposals();
  private final PopulationActivities records = Policies.records();
  private boolean held;
  private final BatchGate gate = new BatchGate(() -> held);
  private final BatchReports reports = new BatchReports();

  @Override
  public PopulationSnapshot iterate(IterationInput input) {
    return input.spec().method().isEmpty()
        ? asPublished(input)
        : new MeasuredIteration(input, gate, reports::after).run();
  }

  @Override
  public void hold(boolean isHeld) {
    held = isHeld;
  }

  private PopulationSnapshot asPublished(IterationInput input) {
    List<Promise<Proposal>> proposals = propose(input);
    List<Promise<List<Fitness>>> evaluated = evaluated(input, proposals);
    List<Proposal> proposed = proposals.stream().map(Promise::get).toList();
    List<Fitness> offspring = evaluated.stream().map(Promise::get).flatMap(List::stream).toList();
    List<Fitness> survivors =
        Selection.requireOne(
            Selection.best(input.incumbents(), offspring, input.spec().evolution().population()));
    List<PrunedModel> improved = keepImproved(input, proposed, survivors.get(0));
    return record(input, proposed, offspring, survivors, improved);
  }

  /**
   * Asks for all that an iteration proposes: at once, or one after the other where what one spends
   * is missing to the next. The next is asked even where nothing is left: it may have been answered
   * before there was a limit.
   */
  private List<Promise<Proposal>> propose(IterationInput input) {
    boolean inTurn = input.spec().limits().any();
    Spending spent = input.spent();
    List<Promise<Proposal>> proposals = new ArrayList<>();
    for (Map.Entry<Operator, Integer> wanted : wanted(input).entrySet()) {
      Promise<Proposal> proposal =
          Async.function(
              this.proposals::propose,
              ProposalRequests.of(
                  input.spec(),
                  input.calibration(),
                  input.iteration(),
                  wanted.getKey(),
                  wanted.getValue(),
                  spent,
                  input.populations()));
      proposals.add(proposal);
      if (inTurn) {
        spent = spent.plus(proposal.get().spending());
      }
    }
    if (!input.injected().isEmpty()) {
      proposals.add(Async.function(this.proposals::inject, input.injected(), injection(input)));
    }
    return proposals;
  }

  private static ProposalRequest injection(IterationInput input) {
    return ProposalRequests.of(
        input.spec(),
        input.calibration(),
        input.iteration(),
        Operator.INJECT,
        input.injected().size(),
        input.spent(),
        input.populations());
  }

  /** Candidates wanted of each operator, in the order in which they are asked for. */
  private static SortedMap<Operator, Integer> wanted(IterationInput input) {
    Evolution evolution = input.spec().evolution();
    SortedMap<Operator, Integer> wanted = new TreeMap<>();
    if (input.iteration() == 0) {
      wanted.put(Operator.INITIALISE, evolution.population());
    } else {
      wanted.put(Operator.MUTATE, evolution.mutations());
      wanted.put(Operator.CROSS_OVER, evolution.crossovers());
    }
    wanted.values().removeIf(count -> count == 0);
    return wanted;
  }

  /** Evaluates each operator's candidates as soon as they are there. */
  private List<Promise<List<Fitness>>> evaluated(
      IterationInput input, List<Promise<Proposal>> proposals) {
    if (!Policies.withLimits()) {
      proposals.forEach(Promise::get); // as before: all proposals first
    }
    List<Promise<List<Fitness>>> evaluated = new ArrayList<>();
    for (Promise<Proposal> proposal : proposals) {
      evaluated.add(Async.function(() -> evaluate(input, proposal.get())));
    }
    return evaluated;
  }

  private List<Fitness> evaluate(IterationInput input, Proposal proposal) {
    List<Promise<List<Fitness>>> batches = new ArrayList<>();
    int size = Policies.candidatesPerActivity();
    List<String> ids = proposal.ids();
    for (int i = 0; i < ids.size(); i += size) {
      EvaluationRequest request =
          new EvaluationRequest(
              input.spec().model(),
              input.calibration(),
              proposal.candidates(),
              ids.subList(i, Math.min(ids.size(), i + size)),
              input.spec().searchText(),
              input.spec().objective());
      batches.add(Async.function(() -> gate.through(() -> evaluateBatch(request))));
    }
    return batches.stream().map(Promise::get).flatMap(List::stream).toList();
  }

  private List<Fitness> evaluateBatch(EvaluationRequest request) {
    List<Fitness> batch = model.evaluate(request);
    reports.after(BatchProgress.of(batch));
    return batch;
  }

  /** The pruned models kept last, with that of {@code best} if it is new and they are asked for. */
  private List<PrunedModel> keepImproved(
      IterationInput input, List<Proposal> proposed, Fitness best) {
    Stream<PrunedModel> before =
        input.parents().stream().flatMap(parents -> parents.improved().stream());
    Stream<PrunedModel> now =
        proposed.stream()
            .filter(proposal -> input.spec().keepImproved())
            .filter(proposal -> proposal.ids().contains(best.candidateId()))
            .map(
                proposal ->
                    model.prune(
                        new PruneRequest(
                            input.spec().model(),
                            input.calibration(),
                            proposal.candidates(),
                            best.candidateId(),
                            new Compensation.None(),
                            input.spec().format())));
    return Lot.latest(Stream.concat(before, now).toList(), Policies.IMPROVED_A_PAYLOAD);
  }

  private PopulationSnapshot record(
      IterationInput input,
      List<Proposal> proposed,
      List<Fitness> offspring,
      List<Fitness> survivors,
      List<PrunedModel> improved) {
    Totals totals = Totals.before(input.parents(), List.of()).plus(Totals.of(offspring));
    int fallbacks = proposed.stream().mapToInt(Proposal::fallbacks).sum();
    RecordRequest request =
        new RecordRequest(
            input.spec().key(),
            input.iteration(),
            survivors,
            proposed.stream().map(Proposal::candidates).toList(),
            input.populations(),
            totals.evaluated(),
            totals.alreadyKnown(),
            fallbacks + input.parents().stream().mapToInt(PopulationSnapshot::fallbacks).sum(),
            improved,
            offspring,
            proposed.stream().map(Proposal::spending).reduce(input.spent(), Spending::plus),
            proposed.stream()
                .map(Proposal::exhausted)
                .filter(reason -> !reason.isEmpty())
                .findFirst()
                .orElse(""),
            totals.tokens(),
            List.of(),
            input.unchanged(survivors.get(0)),
            input.seconds() + Memos.secondsOfThisRun(),
            List.of(input.spec().searchText()));
    // what is written is there whether somebody waits for it or not: it counts
    return Uncancelled.run(() -> records.record(request));
  }
}
