package dev.selfpruner.workflows;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.PruneRequest;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.workflows.SearchProgress.Phase;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.util.List;

/** {@inheritDoc} */
public final class SearchWorkflowImpl implements SearchWorkflow {
  private static final List<String> BASELINES = List.of("dense", "uniform");

  private final ModelActivities model = Policies.model();
  private final PopulationActivities proposals = Policies.proposals();
  private final PopulationActivities records = Policies.records();
  private final ProgressBoard board;

  /**
   * What the iterations came to.
   *
   * @param last iteration's outcome
   * @param ended why there are no more; empty where none is missing
   */
  private record Evolved(PopulationSnapshot last, String ended) {}

  @WorkflowInit
  public SearchWorkflowImpl(SearchSpec spec) {
    board = new ProgressBoard(spec);
  }

  @Override
  public SearchResult search(SearchSpec spec) {
    boolean continued = Workflow.getInfo().getContinuedExecutionRunId().isPresent();
    if (Policies.withLimits() && !continued) {
      begin(spec);
    }
    Calibration calibration = model.calibrate(Preparation.calibration(spec));
    List<Groundwork> groundwork =
        new Preparation(model, proposals, board, spec).groundwork(calibration);
    Evolved evolved = evolve(spec, calibration, groundwork);
    SearchResult result =
        spec.method().isEmpty()
            ? report(spec, calibration, evolved)
            : finish(spec, calibration, groundwork.get(0), evolved);
    records.conclude(result);
    board.enter(Phase.FINISHED);
    return result;
  }

  @Override
  public SearchProgress progress() {
    return board.progress();
  }

  @Override
  public void evaluated(BatchProgress batch) {
    board.after(batch);
  }

  private Evolved evolve(SearchSpec spec, Calibration calibration, List<Groundwork> groundwork) {
    List<PopulationSnapshot> parents = records.latest(spec.key());
    long began = Memos.began(parents.stream().mapToLong(PopulationSnapshot::seconds).sum());
    board.enter(Phase.SEARCHING);
    int next = parents.stream().mapToInt(snapshot -> snapshot.iteration() + 1).sum();
    String ended = "";
    for (int i = next; i <= spec.evolution().iterations(); i++) {
      ended = endedBefore(spec, parents, began);
      if (!ended.isEmpty()) {
        break;
      }
      if (Workflow.getInfo().isContinueAsNewSuggested()) {
        Memos.continueAsNew(spec, began); // goes on from the last record, with an empty history
      }
      board.at(i, parents, Totals.before(parents, groundwork));
      PopulationSnapshot outcome =
          Policies.iteration(Workflow.getInfo().getWorkflowId(), i)
              .iterate(
                  new IterationInput(
                      spec, calibration, i, parents, groundwork, Memos.secondsSince(began)));
      parents = List.of(outcome);
    }
    PopulationSnapshot last = parents.get(0);
    board.at(last.iteration(), parents, Totals.before(parents, groundwork));
    return new Evolved(last, last.isExhausted() ? last.exhausted() : ended);
  }

  private static void begin(SearchSpec spec) {
    Policies.beginnings()
        .begin(
            new SearchStart(
                spec.key(), spec.workflowId(), Json.write(spec), spec.generators(), spec.limits()));
  }

  /** Why no iteration may follow; empty where one may, and before the first. */
  private static String endedBefore(SearchSpec spec, List<PopulationSnapshot> parents, long began) {
    return parents.stream()
        .map(
            last ->
                last.isExhausted()
                    ? last.exhausted()
                    : Stops.reason(spec.stopping(), last, Memos.secondsSince(began)))
        .findFirst()
        .orElse("");
  }

  private SearchResult finish(
      SearchSpec spec, Calibration calibration, Groundwork groundwork, Evolved evolved) {
    Compensation compensation = spec.method().get(0).compensation();
    Measuring measuring = new Measuring(model, spec, calibration, compensation, board::after);
    return new Finish(
            model,
            proposals,
            board,
            measuring,
            groundwork.latency(),
            evolved.last(),
            evolved.ended())
        .result();
  }

  /** The end of a search as published. */
  private SearchResult report(SearchSpec spec, Calibration calibration, Evolved evolved) {
    PopulationSnapshot last = evolved.last();
    board.enter(Phase.MEASURING);
    Proposal baselines =
        proposals.propose(
            ProposalRequests.of(
                spec,
                calibration,
                0,
                Operator.BASELINE,
                BASELINES.size(),
                Spending.NOTHING,
                List.of()));
    List<Measurement> before = measure(spec, calibration, baselines.candidates(), BASELINES);
    String best = last.best().candidateId();
    List<Measurement> after = measure(spec, calibration, last.population(), List.of(best));
    PrunedModel pruned =
        model.prune(new PruneRequest(spec.model(), calibration, last.population(), best));
    return new SearchResult(
        spec.key(),
        before.get(0),
        before.get(1),
        after.get(0),
        best,
        last.best().perplexity(),
        last.population(),
        pruned,
        last.improved(),
        last.evaluated(),
        last.alreadyKnown(),
        last.fallbacks(),
        last.spending(),
        spec.limits(),
        evolved.ended(),
        List.of(),
        last.tokens(),
        last.credits());
  }

  private List<Measurement> measure(
      SearchSpec spec, Calibration calibration, ArtifactRef candidates, List<String> ids) {
    return model.measure(
        new EvaluationRequest(
            spec.model(),
            calibration,
            candidates,
            ids,
            spec.testText(),
            new Objective.Perplexity()));
  }
}
