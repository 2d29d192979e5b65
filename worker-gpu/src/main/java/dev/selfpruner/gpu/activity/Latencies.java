package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.plan.LatencyTable;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.LatencyFigures;
import dev.selfpruner.activities.search.LatencyGoal;
import dev.selfpruner.activities.search.MeasuredLatency;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.latency.LatencyMeter;
import dev.selfpruner.gpu.llama.LoadedModel;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Times of models by key. A time is never the same twice: what was measured first is what all
 * searches under its key are budgeted by.
 */
final class Latencies {
  private final Stored stored;
  private final Targets targets;

  Latencies(Stored stored, Targets targets) {
    this.stored = stored;
    this.targets = targets;
  }

  /**
   * Everything that a table is of.
   *
   * @param calibration whose order says which key-value heads stay
   * @param meter what is measured and how
   */
  private record Key(
      String model,
      String calibration,
      String device,
      String numericType,
      String engine,
      int sequences,
      int tokens,
      int meter) {
    IndexKey indexKey() {
      return new IndexKey("latency", Json.write(this));
    }
  }

  /**
   * Finds a table or measures it.
   *
   * @param loaded the model in the calibration's order, which is asked for where it has to run
   * @throws IllegalArgumentException if this is not the target's device, or no plan can meet it
   */
  LatencyGoal findOrRun(
      OpenModel model,
      Calibration calibration,
      Target.Latency target,
      Supplier<LoadedModel> loaded,
      ProgressListener listener)
      throws IOException {
    targets.requireDevice(target);
    IndexKey key =
        new Key(
                calibration.modelSha256(),
                calibration.key(),
                target.device(),
                model.numericType().name(),
                model.engine(),
                target.sequences(),
                target.tokens(),
                LatencyMeter.VERSION)
            .indexKey();
    Optional<ArtifactRef> known = stored.store().find(key);
    if (known.isPresent() && isReadable(known.get())) {
      return new LatencyGoal(target, known.get());
    }
    PrunableModel prunable = stored.read(calibration.prunable(), PrunableModel.class);
    LatencyMeter meter = new LatencyMeter(loaded.get(), target.sequences(), target.tokens());
    long start = System.nanoTime();
    LatencyTable table = meter.table(prunable, listener);
    model.ended(EvaluationListener.Step.MEASURE_LATENCY, start);
    MeasuredLatency measured =
        new MeasuredLatency(
            target.device(),
            model.numericType().name(),
            model.engine(),
            target.sequences(),
            target.tokens(),
            table);
    return new LatencyGoal(target, stored.index(key, stored.put(measured), this::isReadable));
  }

  private boolean isReadable(ArtifactRef table) throws IOException {
    return stored.readable(table, MeasuredLatency.class).isPresent();
  }

  /**
   * Times of a finished search's models.
   *
   * @param loaded as {@link #findOrRun} has it
   * @throws IllegalArgumentException if this is not the target's device
   */
  LatencyFigures figures(
      OpenModel model,
      LatencyGoal goal,
      PruningPlan dense,
      PruningPlan uniform,
      PruningPlan searched,
      Supplier<LoadedModel> loaded,
      ProgressListener listener)
      throws IOException {
    Target.Latency target = goal.target();
    targets.requireDevice(target);
    LatencyTable table = stored.read(goal.table(), MeasuredLatency.class).table();
    LatencyMeter meter = new LatencyMeter(loaded.get(), target.sequences(), target.tokens());
    long start = System.nanoTime();
    List<Double> measured = meter.seconds(List.of(dense, searched), listener);
    model.ended(EvaluationListener.Step.MEASURE_LATENCY, start);
    return new LatencyFigures(
        target,
        1e3 * target.seconds(table),
        1e3 * table.dense(),
        1e3 * table.seconds(uniform),
        1e3 * table.seconds(searched),
        1e3 * measured.get(0),
        1e3 * measured.get(1));
  }
}
