package dev.selfpruner.workflows;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.PruneRequest;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.RecordRequest;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@inheritDoc} */
public final class IterationWorkflowImpl implements IterationWorkflow {
  private final ModelActivities model = Policies.model();
  private final PopulationActivities proposals = Policies.proposals();
  private final PopulationActivities records = Policies.records();

  @Override
  public PopulationSnapshot iterate(IterationInput input) {
    List<Proposal> proposed = propose(input);
    List<Fitness> offspring = evaluate(input, proposed);
    List<Fitness> survivors =
        Selection.best(
            input.parents().stream().flatMap(parents -> parents.survivors().stream()).toList(),
            offspring,
            input.spec().evolution().population());
    List<PrunedModel> improved = keepImproved(input, proposed, survivors.get(0));
    return record(input, proposed, offspring, survivors, improved);
  }

  private List<Proposal> propose(IterationInput input) {
    Evolution evolution = input.spec().evolution();
    List<Promise<Proposal>> proposed = new ArrayList<>();
    if (input.iteration() == 0) {
      proposed.add(propose(input, Operator.INITIALISE, evolution.population()));
    }
    if (input.iteration() > 0 && evolution.mutations() > 0) {
      proposed.add(propose(input, Operator.MUTATE, evolution.mutations()));
    }
    if (input.iteration() > 0 && evolution.crossovers() > 0) {
      proposed.add(propose(input, Operator.CROSS_OVER, evolution.crossovers()));
    }
    return proposed.stream().map(Promise::get).toList();
  }

  private Promise<Proposal> propose(IterationInput input, Operator operator, int count) {
    return Async.function(
        proposals::propose,
        ProposalRequests.of(
            input.spec(),
            input.calibration(),
            input.iteration(),
            operator,
            count,
            populations(input)));
  }

  private List<Fitness> evaluate(IterationInput input, List<Proposal> proposed) {
    List<Promise<List<Fitness>>> batches = new ArrayList<>();
    int size = Policies.candidatesPerActivity();
    for (Proposal proposal : proposed) {
      List<String> ids = proposal.ids();
      for (int i = 0; i < ids.size(); i += size) {
        int end = Math.min(ids.size(), i + size);
        EvaluationRequest request =
            new EvaluationRequest(
                input.spec().model(),
                input.calibration(),
                proposal.candidates(),
                ids.subList(i, end),
                input.spec().searchText(),
                input.spec().objective());
        batches.add(Async.function(this::evaluateBatch, request));
      }
    }
    return batches.stream().map(Promise::get).flatMap(List::stream).toList();
  }

  private List<Fitness> evaluateBatch(EvaluationRequest request) {
    List<Fitness> batch = model.evaluate(request);
    Workflow.getInfo()
        .getParentWorkflowId()
        .ifPresent(
            search ->
                Workflow.newExternalWorkflowStub(SearchWorkflow.class, search)
                    .evaluated(BatchProgress.of(batch)));
    return batch;
  }

  /**
   * The pruned models kept so far, with that of {@code best} if it is new and they are asked for.
   */
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
                            best.candidateId())));
    return Stream.concat(before, now).toList();
  }

  private PopulationSnapshot record(
      IterationInput input,
      List<Proposal> proposed,
      List<Fitness> offspring,
      List<Fitness> survivors,
      List<PrunedModel> improved) {
    List<PopulationSnapshot> parents = input.parents();
    int known = (int) offspring.stream().filter(Fitness::alreadyKnown).count();
    int fallbacks = proposed.stream().mapToInt(Proposal::fallbacks).sum();
    return records.record(
        new RecordRequest(
            input.spec().key(),
            input.iteration(),
            survivors,
            proposed.stream().map(Proposal::candidates).toList(),
            populations(input),
            offspring.size() + parents.stream().mapToInt(PopulationSnapshot::evaluated).sum(),
            known + parents.stream().mapToInt(PopulationSnapshot::alreadyKnown).sum(),
            fallbacks + parents.stream().mapToInt(PopulationSnapshot::fallbacks).sum(),
            improved));
  }

  private static List<ArtifactRef> populations(IterationInput input) {
    return input.parents().stream().map(PopulationSnapshot::population).toList();
  }
}
