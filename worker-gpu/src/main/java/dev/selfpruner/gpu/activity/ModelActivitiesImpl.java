package dev.selfpruner.gpu.activity;

import ai.djl.Device;
import dev.selfpruner.activities.KeepAlive;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.PruneRequest;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.gpu.evaluate.PerplexityEvaluator;
import dev.selfpruner.gpu.evaluate.ProgressListener;
import dev.selfpruner.gpu.torch.TorchThreads;
import io.temporal.activity.Activity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@inheritDoc}
 *
 * <p>Runs one activity at a time: the model fills the device, and the work inside an activity is
 * parallel already.
 */
public final class ModelActivitiesImpl implements ModelActivities, AutoCloseable {
  private final Stored stored;
  private final Device device;
  private final TorchThreads threads;
  private final Calibrations calibrations;
  private final Evaluations evaluations;
  private final PrunedModels prunedModels;
  private Optional<OpenModel> open = Optional.empty();

  /**
   * The activities of one worker.
   *
   * @param store where everything goes; stays the caller's
   * @param journal of the evaluations; stays the caller's
   * @param workDirectory for files on their way into the store
   * @param device that computes
   */
  public ModelActivitiesImpl(
      ArtifactStore store, EvaluationJournal journal, Path workDirectory, Device device) {
    this.stored = new Stored(store);
    this.device = device;
    this.threads = TorchThreads.of(device);
    this.calibrations = new Calibrations(stored, workDirectory, threads);
    this.evaluations = new Evaluations(stored, journal, new PerplexityEvaluator(threads));
    this.prunedModels = new PrunedModels(stored, workDirectory);
  }

  @Override
  public synchronized Calibration calibrate(CalibrationRequest request) {
    return Failures.translated(
        () -> {
          try (KeepAlive alive = KeepAlive.start(Activity.getExecutionContext())) {
            return calibrations.findOrRun(
                model(request.model()), request.text(), reporting(alive, "calibration"));
          }
        });
  }

  @Override
  public synchronized List<Fitness> evaluate(EvaluationRequest request) {
    return Failures.translated(
        () -> {
          List<Fitness> result = new ArrayList<>();
          for (Measured measured : measureAll(request)) {
            result.add(
                new Fitness(
                    measured.id(),
                    measured.outcome().evaluation().perplexity(),
                    measured.outcome().alreadyKnown()));
          }
          return result;
        });
  }

  @Override
  public synchronized List<Measurement> measure(EvaluationRequest request) {
    return Failures.translated(
        () -> {
          Calibration calibration = request.calibration();
          PrunableModel prunable = stored.read(calibration.prunable(), PrunableModel.class);
          List<Measurement> result = new ArrayList<>();
          for (Measured measured : measureAll(request)) {
            long removed = prunable.blockParameters() - prunable.parameters(measured.plan());
            result.add(
                new Measurement(
                    measured.outcome().evaluation().perplexity(),
                    calibration.parameters() - removed,
                    1.0 - prunable.removedShare(measured.plan())));
          }
          return result;
        });
  }

  @Override
  public synchronized PrunedModel prune(PruneRequest request) {
    return Failures.translated(
        () -> {
          try (KeepAlive alive = KeepAlive.start(Activity.getExecutionContext())) {
            CandidateSet candidates = CandidateSet.read(stored.readBytes(request.candidates()));
            alive.progress("writing the pruned model");
            return prunedModels.findOrWrite(
                model(request.model()).directory(),
                request.calibration(),
                calibrations.order(request.calibration()),
                candidates.candidate(request.id()).plan());
          }
        });
  }

  private record Measured(String id, PruningPlan plan, Evaluations.Outcome outcome) {}

  private List<Measured> measureAll(EvaluationRequest request) throws IOException {
    try (KeepAlive alive = KeepAlive.start(Activity.getExecutionContext())) {
      CandidateSet candidates = CandidateSet.read(stored.readBytes(request.candidates()));
      OpenModel model = model(request.model());
      model.requireContent(request.calibration().modelSha256());
      List<Measured> result = new ArrayList<>();
      for (String id : request.ids()) {
        alive.check();
        PruningPlan plan = candidates.candidate(id).plan();
        String what = "%s, %d of %d".formatted(id, result.size() + 1, request.ids().size());
        result.add(
            new Measured(
                id,
                plan,
                evaluations.findOrRun(
                    model,
                    request.calibration(),
                    () -> calibrations.order(request.calibration()),
                    plan,
                    request.text(),
                    reporting(alive, what))));
      }
      return result;
    }
  }

  private static ProgressListener reporting(KeepAlive alive, String what) {
    return (done, total) -> {
      alive.check();
      alive.progress("%s: %d %%".formatted(what, 100 * done / total));
    };
  }

  private OpenModel model(String directory) throws IOException {
    Path path = Path.of(directory);
    if (open.isEmpty() || !open.get().directory().path().equals(path)) {
      open.ifPresent(OpenModel::close);
      open = Optional.empty();
      open = Optional.of(OpenModel.open(path, device));
    }
    return open.get();
  }

  @Override
  public synchronized void close() {
    open.ifPresent(OpenModel::close);
    open = Optional.empty();
    threads.close();
  }
}
