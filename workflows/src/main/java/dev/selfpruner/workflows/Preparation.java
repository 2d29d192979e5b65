package dev.selfpruner.workflows;

import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.LatencyGoal;
import dev.selfpruner.activities.search.LatencyRequest;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.ProbeResult;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.activities.search.WindowsRequest;
import dev.selfpruner.workflows.SearchProgress.Phase;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.stream.Stream;

/**
 * What comes before the first population of a search with a method. A run that goes on asks for all
 * of it again: what was done is found in the store.
 */
record Preparation(
    ModelActivities model,
    PopulationActivities proposals,
    ProgressBoard board,
    BatchGate gate,
    SearchSpec spec) {
  /** Id of the model as it is among its blocks' probes. */
  private static final String DENSE = "dense";

  /** Type of the failure where there is nothing to search on. */
  static final String NO_WINDOWS = "NoWindows";

  /**
   * Statistics of the dense model, and Gram matrices where something is fitted. It says what plans
   * are to meet, and what else is read, so that a worker can refuse that before it runs anything.
   */
  static CalibrationRequest calibration(SearchSpec spec) {
    return statistics(spec)
        .withTarget(target(spec), spec.widthMultiple())
        .withTexts(
            Stream.concat(
                    Stream.of(spec.searchText(), spec.testText()),
                    spec.method().stream().flatMap(method -> method.heldOut().stream()))
                .toList());
  }

  private static Target target(SearchSpec spec) {
    return spec.latency().stream()
        .<Target>map(latency -> latency)
        .findFirst()
        .orElseGet(() -> new Target.BlockShare(spec.sparsity()));
  }

  private static CalibrationRequest statistics(SearchSpec spec) {
    return spec.method().stream()
        .map(
            method ->
                new CalibrationRequest(
                    spec.model(),
                    spec.calibrationText(),
                    method.order(),
                    method.attentionUnit(),
                    isFitted(method),
                    spec.format()))
        .findFirst()
        .orElseGet(
            () -> new CalibrationRequest(spec.model(), spec.calibrationText(), spec.format()));
  }

  /** None of a search as published. */
  List<Groundwork> groundwork(Calibration calibration) {
    return spec.method().stream().map(method -> groundwork(method, calibration)).toList();
  }

  private Groundwork groundwork(Method method, Calibration calibration) {
    int windows = model.windows(new WindowsRequest(spec.model(), spec.searchText()));
    if (windows < 1) {
      throw ApplicationFailure.newNonRetryableFailure(
          "%s has no window of %d tokens from window %d on: search on more text"
              .formatted(
                  spec.searchText().path(),
                  spec.searchText().sequenceLength(),
                  spec.searchText().firstWindow()),
          NO_WINDOWS);
    }
    List<LatencyGoal> latency =
        spec.latency().stream()
            .map(
                target ->
                    model.measureLatency(new LatencyRequest(spec.model(), calibration, target)))
            .toList();
    board.expect(Estimates.evaluations(spec, calibration.layers(), 0));
    if (method.probing().windows() == 0) {
      return new Groundwork(windows, List.of(), latency);
    }
    board.enter(Phase.PROBING);
    return new Groundwork(windows, probe(method, calibration, windows, latency), latency);
  }

  private List<ProbeResult> probe(
      Method method, Calibration calibration, int windows, List<LatencyGoal> latency) {
    ProbeLots probes =
        ProbeLots.proposed(
            proposals,
            ProposalRequests.of(
                    spec, calibration, 0, Operator.PROBE, 1, Spending.NOTHING, List.of())
                .withLatency(latency),
            DENSE);
    board.expect(Estimates.evaluations(spec, calibration.layers(), probes.count()));
    Draws draws = new Draws(spec.searchText(), windows, spec.seed());
    Measuring measuring =
        new Measuring(model, spec, calibration, method.compensation(), gate, board::after);
    return Probings.gathered(
        proposals, measuring.probe(probes, draws.probing(method.probing().windows())));
  }

  private static boolean isFitted(Method method) {
    return method.compensation() instanceof Compensation.LeastSquares
        || !method.dampings().isEmpty();
  }
}
