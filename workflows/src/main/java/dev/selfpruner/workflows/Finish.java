package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.FitRequest;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.LatencyGoal;
import dev.selfpruner.activities.search.LatencyReportRequest;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.ModelMeasurementRequest;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.PopulationSnapshot;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.PruneRequest;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.workflows.SearchProgress.Phase;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of a search with a method: the last population is ranked on held-out text, its best
 * carried out, and all reported on the test text.
 *
 * @param latency what plans had to meet in time: none where they hadn't, else one
 * @param last iteration's outcome
 * @param ended why the search ended before its last iteration; empty where it did not
 */
record Finish(
    ModelActivities model,
    PopulationActivities proposals,
    ProgressBoard board,
    Measuring measuring,
    List<LatencyGoal> latency,
    PopulationSnapshot last,
    String ended) {

  SearchResult result() {
    SearchSpec spec = measuring.spec();
    Method method = spec.method().get(0);
    List<Fitness> ranked = ranked(method);
    Fitness best = best(ranked);
    board.enter(Phase.FITTING);
    FinalFit fit = finalFit(spec);
    PrunedModel pruned = carryOut(method, fit, best.candidateId());
    board.enter(Phase.MEASURING);
    Proposal baselines =
        proposals.propose(
            ProposalRequests.of(
                    spec,
                    measuring.calibration(),
                    0,
                    Operator.BASELINE,
                    2,
                    Spending.NOTHING,
                    List.of())
                .withLatency(latency));
    Lot dense = new Lot(baselines.candidates(), List.of("dense"));
    Lot uniform = new Lot(baselines.candidates(), List.of("uniform"));
    Lot searched = new Lot(last.population(), List.of(best.candidateId()));
    Totals all =
        new Totals(last.evaluated(), last.alreadyKnown(), last.tokens()).plus(Totals.of(ranked));
    return new SearchResult(
        spec.key(),
        measure(dense, new Compensation.None()),
        measure(uniform, method.compensation()),
        measure(searched, method.compensation()),
        best.candidateId(),
        best.perplexity(),
        last.population(),
        pruned,
        last.improved(),
        all.evaluated(),
        all.alreadyKnown(),
        last.fallbacks(),
        last.spending(),
        spec.limits(),
        ended,
        fit.dampings().isEmpty() ? List.of() : List.of(measure(pruned)),
        all.tokens(),
        last.credits(),
        latency.stream()
            .map(
                goal ->
                    model.reportLatency(
                        new LatencyReportRequest(
                            spec.model(),
                            measuring.calibration(),
                            goal,
                            baselines.candidates(),
                            last.population(),
                            best.candidateId())))
            .toList(),
        notes(ranked, fit));
  }

  /** Empty without held-out text. */
  private List<Fitness> ranked(Method method) {
    if (method.heldOut().isEmpty()) {
      return List.of();
    }
    board.enter(Phase.RANKING);
    return measuring.evaluate(List.of(Lot.of(last)), method.heldOut().get(0));
  }

  /**
   * Fitness on the search text of the best on the held-out text, if there is any that gives a
   * number: days of search are not to end for want of one there.
   */
  private Fitness best(List<Fitness> ranked) {
    String best =
        ranked.isEmpty() || isUnranked(ranked)
            ? last.best().candidateId()
            : Selection.requireOne(Selection.best(List.of(), ranked, 1)).get(0).candidateId();
    return last.survivors().stream()
        .filter(each -> each.candidateId().equals(best))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isUnranked(List<Fitness> ranked) {
    return !ranked.isEmpty()
        && ranked.stream().noneMatch(Fitness::isFinite)
        && Policies.endsWithoutARank();
  }

  private static List<String> notes(List<Fitness> ranked, FinalFit fit) {
    List<String> notes = new ArrayList<>();
    if (isUnranked(ranked)) {
      String failed = ranked.get(0).failed();
      notes.add(
          "no candidate of the last population has a number on the held-out text (%s): the best on the search text is written - is the numeric type wide enough?"
              .formatted(failed.isEmpty() ? "an infinite perplexity" : failed));
    }
    if (!fit.note().isEmpty()) {
      notes.add(fit.note());
    }
    return notes;
  }

  private static FinalFit finalFit(SearchSpec spec) {
    FinalFit fit = FinalFit.of(spec);
    return fit.isBlind() && !Policies.choosesOnUnreadText() ? FinalFit.onSearchText(spec) : fit;
  }

  private PrunedModel carryOut(Method method, FinalFit fit, String id) {
    SearchSpec spec = measuring.spec();
    if (fit.dampings().isEmpty()) {
      return model.prune(
          new PruneRequest(
              spec.model(),
              measuring.calibration(),
              last.population(),
              id,
              method.compensation(),
              spec.format()));
    }
    TextWindows notReadWithoutAChoice = spec.searchText();
    return model.fit(
        new FitRequest(
            spec.model(),
            measuring.calibration(),
            last.population(),
            id,
            spec.calibrationText(),
            fit.dampings(),
            fit.chosenOn().stream().findFirst().orElse(notReadWithoutAChoice),
            method.compensation(),
            spec.format()));
  }

  private Measurement measure(Lot one, Compensation compensation) {
    return model.measure(measuring.onTestText(one, compensation)).get(0);
  }

  private Measurement measure(PrunedModel pruned) {
    return model.measureModel(
        new ModelMeasurementRequest(pruned, measuring.calibration(), measuring.spec().testText()));
  }
}
