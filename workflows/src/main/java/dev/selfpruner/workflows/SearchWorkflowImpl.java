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
import io.temporal.common.converter.RawValue;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.util.List;

/** {@inheritDoc} */
public final class SearchWorkflowImpl implements SearchWorkflow {
  private static final List<String> BASELINES = List.of("dense", "uniform");

  private final ModelActivities model = Policies.model();
  private final PopulationActivities proposals = Policies.proposals();
  private final PopulationActivities records = Policies.records();
  private final SearchInput input;
  private final ProgressBoard board;

  /**
   * What the iterations came to.
   *
   * @param last iteration's outcome
   * @param ended why there are no more; empty where none is missing
   */
  private record Evolved(PopulationSnapshot last, String ended) {}

  @WorkflowInit
  public SearchWorkflowImpl(RawValue input) {
    this.input = SearchInput.read(input);
    board = new ProgressBoard(this.input.evaluations());
  }

  @Override
  public SearchResult search(RawValue unread) {
    return search(input.spec());
  }

  private SearchResult search(SearchSpec asked) {
    boolean continued = Workflow.getInfo().getContinuedExecutionRunId().isPresent();
    if (Policies.withLimits() && !continued) {
      begin(asked);
    }
    board.expect(Estimates.evaluations(asked, 0, 0));
    Calibration calibration = model.calibrate(Preparation.calibration(asked));
    SearchSpec spec = Policies.withClaims() ? Claims.claim(asked, calibration) : asked;
    if (spec.run() != asked.run()) {
      begin(spec);
    }
    List<Groundwork> groundwork =
        new Preparation(model, proposals, board, spec).groundwork(calibration);
    Evolved evolved = evolve(spec, calibration, groundwork);
    SearchResult result =
        spec.method().isEmpty()
            ? report(spec, calibration, evolved)
            : finish(spec, calibration, evolved);
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
    board.enter(Phase.SEARCHING);
    int next = parents.stream().mapToInt(snapshot -> snapshot.iteration() + 1).sum();
    String ended = "";
    for (int i = next; i <= spec.evolution().iterations(); i++) {
      ended = endedBefore(spec, parents);
      if (!ended.isEmpty()) {
        break;
      }
      if (Workflow.getInfo().isContinueAsNewSuggested()) {
        Memos.continueAsNew(spec); // goes on from the last record, with an empty history
      }
      board.at(i, parents, Totals.before(parents, groundwork));
      PopulationSnapshot outcome =
          Policies.iteration(Workflow.getInfo().getWorkflowId(), i)
              .iterate(new IterationInput(spec, calibration, i, parents, groundwork));
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
  private static String endedBefore(SearchSpec spec, List<PopulationSnapshot> parents) {
    return parents.stream()
        .map(
            last ->
                last.isExhausted()
                    ? last.exhausted()
                    : Stops.reason(spec.stopping(), last, Memos.secondsSinceTheBeginning()))
        .findFirst()
        .orElse("");
  }

  private SearchResult finish(SearchSpec spec, Calibration calibration, Evolved evolved) {
    Compensation compensation = spec.method().get(0).compensation();
    Measuring measuring = new Measuring(model, spec, calibration, compensation, board::after);
    return new Finish(model, proposals, board, measuring, evolved.last(), evolved.ended()).result();
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
