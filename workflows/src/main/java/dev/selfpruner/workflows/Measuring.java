package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.ProbeResult;
import dev.selfpruner.activities.search.TextWindows;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Measures candidates by the method of their search, many at a time.
 *
 * @param gate that batches of evaluations go through
 * @param progress is told of every batch
 */
record Measuring(
    ModelActivities model,
    SearchSpec spec,
    Calibration calibration,
    Compensation compensation,
    BatchGate gate,
    Consumer<BatchProgress> progress) {

  /** Fitness on some windows, in the order of the lots. */
  List<Fitness> evaluate(List<Lot> lots, TextWindows text) {
    Stream<Lot> parts =
        lots.stream().flatMap(lot -> lot.parts(Policies.CANDIDATES_PER_STAGE).stream());
    return all(
            parts,
            part -> {
              List<Fitness> batch = model.evaluate(request(part, text));
              progress.accept(BatchProgress.of(Totals.of(batch)));
              return batch;
            })
        .flatMap(List::stream)
        .toList();
  }

  /**
   * Measures what differs from a base in one block.
   *
   * @param probes in parts, in each of which what the others differ from is first: it is measured
   *     with every batch, where it shares its first layers with them, so that each batch tells
   *     differences; found in the store after the first
   */
  List<ProbeResult> probe(ProbeLots probes, TextWindows text) {
    return all(
            probes.parts().stream(),
            part -> {
              ProbeResult batch = model.probe(request(part.get(), text));
              progress.accept(BatchProgress.of(Totals.of(batch)));
              return batch;
            })
        .toList();
  }

  private EvaluationRequest request(Lot lot, TextWindows text) {
    return request(lot, text, spec.objective(), compensation);
  }

  /** Asks for what a report shows. */
  EvaluationRequest onTestText(Lot lot, Compensation madeUp) {
    return request(lot, spec.testText(), new Objective.Perplexity(), madeUp);
  }

  private EvaluationRequest request(
      Lot lot, TextWindows text, Objective objective, Compensation madeUp) {
    return new EvaluationRequest(
        spec.model(), calibration, lot.candidates(), lot.ids(), text, objective, madeUp);
  }

  /** Begins all that the gate lets through before it waits for the first. */
  private <P, R> Stream<R> all(Stream<P> parts, Function<P, R> work) {
    List<Promise<R>> begun =
        parts.map(part -> Async.function(() -> gate.through(() -> work.apply(part)))).toList();
    return begun.stream().map(Promise::get);
  }
}
