package dev.selfpruner.workflows;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
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
import java.util.Locale;

/** {@inheritDoc} */
public final class SearchWorkflowImpl implements SearchWorkflow {
  private static final List<String> BASELINES = List.of("dense", "uniform");

  private final ModelActivities model = Policies.model();
  private final PopulationActivities proposals = Policies.proposals();
  private final PopulationActivities records = Policies.records();
  private SearchProgress progress;

  @WorkflowInit
  public SearchWorkflowImpl(SearchSpec spec) {
    progress = SearchProgress.start(spec.evolution().evaluations());
  }

  @Override
  public SearchResult search(SearchSpec spec) {
    boolean continued = Workflow.getInfo().getContinuedExecutionRunId().isPresent();
    if (Policies.withLimits() && !continued) {
      begin(spec);
    }
    Calibration calibration =
        model.calibrate(new CalibrationRequest(spec.model(), spec.calibrationText()));
    PopulationSnapshot last = evolve(spec, calibration);
    enter(Phase.MEASURING);
    SearchResult result = report(spec, calibration, last);
    records.conclude(result);
    enter(Phase.FINISHED);
    return result;
  }

  @Override
  public SearchProgress progress() {
    return progress;
  }

  @Override
  public void evaluated(BatchProgress batch) {
    progress = progress.after(batch);
    show();
  }

  private PopulationSnapshot evolve(SearchSpec spec, Calibration calibration) {
    List<PopulationSnapshot> parents = records.latest(spec.key());
    enter(Phase.SEARCHING);
    int next = parents.stream().mapToInt(snapshot -> snapshot.iteration() + 1).sum();
    for (int i = next; i <= spec.evolution().iterations() && !isExhausted(parents); i++) {
      if (Workflow.getInfo().isContinueAsNewSuggested()) {
        Workflow.continueAsNew(spec); // goes on from the last record, with an empty history
      }
      at(i, parents);
      PopulationSnapshot outcome =
          Policies.iteration(Workflow.getInfo().getWorkflowId(), i)
              .iterate(new IterationInput(spec, calibration, i, parents));
      parents = List.of(outcome);
    }
    return parents.get(0);
  }

  private static void begin(SearchSpec spec) {
    Policies.beginnings()
        .begin(
            new SearchStart(
                spec.key(), spec.workflowId(), Json.write(spec), spec.generators(), spec.limits()));
  }

  private static boolean isExhausted(List<PopulationSnapshot> parents) {
    return parents.stream().anyMatch(PopulationSnapshot::isExhausted);
  }

  private SearchResult report(SearchSpec spec, Calibration calibration, PopulationSnapshot last) {
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
        last.exhausted());
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

  private void at(int iteration, List<PopulationSnapshot> parents) {
    progress =
        progress.at(
            iteration,
            parents.stream()
                .map(PopulationSnapshot::spending)
                .reduce(Spending.NOTHING, Spending::plus),
            parents.stream().mapToInt(PopulationSnapshot::evaluated).sum(),
            parents.stream().mapToInt(PopulationSnapshot::alreadyKnown).sum(),
            parents.stream()
                .mapToDouble(snapshot -> snapshot.best().perplexity())
                .min()
                .orElse(Double.POSITIVE_INFINITY));
    show();
  }

  private void enter(Phase phase) {
    progress = progress.in(phase);
    show();
  }

  private void show() {
    Workflow.setCurrentDetails(
        String.format(
            Locale.ROOT,
            "%s, iteration %d: %d of %d evaluated, best perplexity %.3f, %,d LLM tokens",
            progress.phase().name().toLowerCase(Locale.ROOT),
            progress.iteration(),
            progress.evaluated(),
            progress.evaluations(),
            progress.best(),
            progress.spending().tokens()));
  }
}
