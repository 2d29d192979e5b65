package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.KeepAlive;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.FitRequest;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.LatencyFigures;
import dev.selfpruner.activities.search.LatencyGoal;
import dev.selfpruner.activities.search.LatencyReportRequest;
import dev.selfpruner.activities.search.LatencyRequest;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.activities.search.ModelMeasurementRequest;
import dev.selfpruner.activities.search.ProbeResult;
import dev.selfpruner.activities.search.Probes;
import dev.selfpruner.activities.search.PruneRequest;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.activities.search.WindowsRequest;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.Engines;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.engine.Work;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.text.TokenWindows;
import io.temporal.activity.Activity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@inheritDoc}
 *
 * <p>Runs one activity at a time: the model fills the device, and the work inside an activity is
 * parallel already.
 */
public final class ModelActivitiesImpl implements ModelActivities, AutoCloseable {
  /**
   * Another program may have a device's memory for a moment, and another worker may have more: a
   * candidate has failed for want of it when it did so in each of these attempts. What else was
   * measured is in the store, so that an attempt costs what failed.
   */
  static final int ATTEMPTS_AT_MEMORY = 3;

  private final Stored stored;
  private final ComputeOptions options;
  private final ProgressDeadline deadline;
  private final Locations locations;
  private final EvaluationListener listener;
  private final Calibrations calibrations;
  private final Evaluations evaluations;
  private final PrunedModels prunedModels;
  private final Compensations compensations;
  private final SequentialFits sequentialFits;
  private final MeasuredModels measuredModels;
  private final Latencies latencies;
  private final OrderedWeightFiles weightFiles;
  private Optional<OpenModel> open = Optional.empty();

  /**
   * The activities of one worker.
   *
   * @param store where everything goes; stays the caller's
   * @param journal of the evaluations; stays the caller's
   * @param workDirectory for files on their way into the store
   * @param options what computes
   * @param deadline told of every step; stays the caller's
   */
  public ModelActivitiesImpl(
      ArtifactStore store,
      EvaluationJournal journal,
      Path workDirectory,
      ComputeOptions options,
      ProgressDeadline deadline) {
    this(store, journal, workDirectory, options, deadline, Locations.ANYWHERE);
  }

  /**
   * The activities of one worker that doesn't read everything.
   *
   * @param locations of the models and texts that it reads
   */
  public ModelActivitiesImpl(
      ArtifactStore store,
      EvaluationJournal journal,
      Path workDirectory,
      ComputeOptions options,
      ProgressDeadline deadline,
      Locations locations) {
    this(store, journal, workDirectory, options, deadline, locations, Long.MAX_VALUE);
  }

  /**
   * The activities of one worker, with a bound for what a model's Gram matrices may take.
   *
   * @param gramBytes of the store; a calibration that needs more is refused before it runs. So much
   *     of the work directory is for copies of each kind of the store's files, too
   */
  public ModelActivitiesImpl(
      ArtifactStore store,
      EvaluationJournal journal,
      Path workDirectory,
      ComputeOptions options,
      ProgressDeadline deadline,
      Locations locations,
      long gramBytes) {
    this(
        store,
        journal,
        workDirectory,
        options,
        deadline,
        locations,
        gramBytes,
        EvaluationListener.SILENT);
  }

  /**
   * The activities of one worker that someone watches.
   *
   * @param listener hears of each evaluation as it ends
   */
  public ModelActivitiesImpl(
      ArtifactStore store,
      EvaluationJournal journal,
      Path workDirectory,
      ComputeOptions options,
      ProgressDeadline deadline,
      Locations locations,
      long gramBytes,
      EvaluationListener listener) {
    this.listener = listener;
    this.stored = new Stored(store);
    this.options = options;
    this.deadline = deadline;
    this.locations = locations;
    LocalCopies copies = new LocalCopies(store, workDirectory, gramBytes);
    this.calibrations = new Calibrations(stored, copies, workDirectory, options, gramBytes);
    this.evaluations =
        new Evaluations(stored, journal, new DensePredictions(stored, copies, workDirectory));
    this.prunedModels = new PrunedModels(stored, workDirectory);
    this.weightFiles = new OrderedWeightFiles(stored, copies, workDirectory);
    this.compensations = new Compensations(stored, copies);
    this.sequentialFits =
        new SequentialFits(stored, copies, workDirectory, options, evaluations, compensations);
    this.measuredModels =
        new MeasuredModels(stored, workDirectory, options, weightFiles, locations);
    this.latencies = new Latencies(stored, options);
  }

  @Override
  public synchronized Calibration calibrate(CalibrationRequest request) {
    return guarded(
        () -> {
          try (KeepAlive alive = KeepAlive.start(Activity.getExecutionContext());
              ProgressDeadline.Watch watch = deadline.watch()) {
            return calibrations.findOrRun(
                model(request.model()), request, what -> reporting(alive, watch, what));
          }
        });
  }

  @Override
  public synchronized List<Fitness> evaluate(EvaluationRequest request) {
    return guarded(
        () -> {
          return fitness(request);
        });
  }

  @Override
  public synchronized ProbeResult probe(EvaluationRequest request) {
    return guarded(
        () -> {
          List<Fitness> fitness = fitness(request);
          return new ProbeResult(
              stored.put(new Probes(request.candidates(), fitness)),
              fitness.size(),
              (int) fitness.stream().filter(Fitness::alreadyKnown).count(),
              fitness.stream().mapToLong(Fitness::tokens).sum());
        });
  }

  @Override
  public synchronized int windows(WindowsRequest request) {
    return guarded(
        () -> {
          try (KeepAlive alive = KeepAlive.start(Activity.getExecutionContext())) {
            alive.progress("counting windows");
            return windows(model(request.model()), request.text()).count();
          }
        });
  }

  private List<Fitness> fitness(EvaluationRequest request) throws IOException {
    List<Measured> all = measureAll(request);
    if (Activity.getExecutionContext().getInfo().getAttempt() < ATTEMPTS_AT_MEMORY) {
      all.forEach(measured -> measured.outcome().requireMemory());
    }
    return all.stream()
        .map(
            measured ->
                new Fitness(
                    measured.id(),
                    measured.outcome().perplexity(),
                    measured.outcome().alreadyKnown(),
                    measured.tokens(),
                    measured.outcome().failed()))
        .toList();
  }

  private static TokenWindows windows(OpenModel model, TextWindows wanted) throws IOException {
    Texts.TokenizedText text = model.text(wanted);
    return TokenWindows.cut(text.ids(), wanted);
  }

  @Override
  public synchronized List<Measurement> measure(EvaluationRequest request) {
    return guarded(
        () -> {
          Calibration calibration = request.calibration();
          PrunableModel prunable = stored.read(calibration.prunable(), PrunableModel.class);
          List<Measurement> result = new ArrayList<>();
          for (Measured measured : measureAll(request)) {
            long removed = prunable.blockParameters() - prunable.parameters(measured.plan());
            result.add(
                new Measurement(
                    measured.outcome().requireMemory().perplexity(),
                    calibration.parameters() - removed,
                    1.0 - prunable.removedShare(measured.plan())));
          }
          return result;
        });
  }

  @Override
  public synchronized PrunedModel prune(PruneRequest request) {
    return guarded(
        () -> {
          try (KeepAlive alive = KeepAlive.start(Activity.getExecutionContext());
              ProgressDeadline.Watch watch = deadline.watch()) {
            long start = System.nanoTime();
            PrunedModel pruned = pruned(request, alive, reporting(alive, watch, "fit"));
            listener.ended(
                EvaluationListener.Step.WRITE_MODEL, Duration.ofNanos(System.nanoTime() - start));
            return pruned;
          }
        });
  }

  /** With what makes up for removed units as the request says: nothing, or a dense-once fit. */
  private PrunedModel pruned(PruneRequest request, KeepAlive alive, ProgressListener listener)
      throws IOException {
    PruningPlan plan = plan(request.candidates(), request.id());
    OpenModel model = model(request.model());
    Calibration calibration = request.calibration();
    Optional<Compensations.DenseOnce> compensation =
        compensations.denseOnce(model, calibration, request.compensation());
    UnitOrder order = calibrations.order(calibration);
    alive.progress("writing the pruned model");
    if (compensation.isEmpty()) {
      return prunedModels.findOrWrite(model.directory(), calibration, order, plan);
    }
    model.requireContent(calibration.modelSha256());
    return prunedModels.findOrWrite(
        model.directory(),
        calibration,
        order,
        plan,
        compensation.get().key(),
        folder -> {
          FolderLayers layers = new FolderLayers(folder);
          Engines engines = model.engines(calibration.key(), () -> order);
          compensation.get().fits(engines).write(engines.model(), plan, layers, listener);
          return layers;
        });
  }

  @Override
  public synchronized PrunedModel fit(FitRequest request) {
    return guarded(
        () -> {
          try (KeepAlive alive = KeepAlive.start(Activity.getExecutionContext());
              ProgressDeadline.Watch watch = deadline.watch()) {
            PruningPlan plan = plan(request.candidates(), request.id());
            OpenModel model = model(request.model());
            model.requireContent(request.calibration().modelSha256());
            Optional<SequentialFits.Fit> fit =
                sequentialFits.findOrRun(
                    new SequentialFits.Task(
                        model,
                        request,
                        plan,
                        () -> calibrations.order(request.calibration()),
                        what -> reporting(alive, watch, what)));
            if (fit.isEmpty()) {
              return pruned(
                  new PruneRequest(
                      request.model(),
                      request.calibration(),
                      request.candidates(),
                      request.id(),
                      request.compensation()),
                  alive,
                  reporting(alive, watch, "fit"));
            }
            alive.progress("writing the fitted model");
            return prunedModels.findOrWrite(
                model.directory(),
                request.calibration(),
                calibrations.order(request.calibration()),
                plan,
                fit.get().key(),
                folder -> fit.get().layers());
          }
        });
  }

  @Override
  public synchronized Measurement measureModel(ModelMeasurementRequest request) {
    return guarded(
        () -> {
          try (KeepAlive alive = KeepAlive.start(Activity.getExecutionContext());
              ProgressDeadline.Watch watch = deadline.watch()) {
            open.ifPresent(OpenModel::unload);
            return measuredModels.findOrRun(
                request, reporting(alive, watch, "perplexity of the stored model"));
          }
        });
  }

  @Override
  public synchronized LatencyGoal measureLatency(LatencyRequest request) {
    return guarded(
        () -> {
          try (KeepAlive alive = KeepAlive.start(Activity.getExecutionContext());
              ProgressDeadline.Watch watch = deadline.watch()) {
            OpenModel model = model(request.model());
            model.requireContent(request.calibration().modelSha256());
            return latencies.findOrRun(
                model,
                request.calibration(),
                request.target(),
                () -> inOrder(model, request.calibration()),
                reporting(alive, watch, "latency of blocks"));
          }
        });
  }

  @Override
  public synchronized LatencyFigures reportLatency(LatencyReportRequest request) {
    return guarded(
        () -> {
          try (KeepAlive alive = KeepAlive.start(Activity.getExecutionContext());
              ProgressDeadline.Watch watch = deadline.watch()) {
            OpenModel model = model(request.model());
            model.requireContent(request.calibration().modelSha256());
            return latencies.figures(
                request.goal(),
                plan(request.baselines(), "dense"),
                plan(request.baselines(), "uniform"),
                plan(request.population(), request.best()),
                inOrder(model, request.calibration()),
                reporting(alive, watch, "latency of the pruned model"));
          }
        });
  }

  private LoadedModel inOrder(OpenModel model, Calibration calibration) {
    return model.engines(calibration.key(), () -> calibrations.order(calibration)).model();
  }

  private PruningPlan plan(ArtifactRef candidates, String id) throws IOException {
    return CandidateSet.read(stored.readBytes(candidates)).candidate(id).plan();
  }

  private <T> T guarded(Failures.Work<T> work) {
    try {
      return Failures.translated(work);
    } catch (RuntimeException e) {
      deadline.endIfDeviceIsLost(e);
      throw e;
    }
  }

  private record Measured(String id, PruningPlan plan, Evaluations.Outcome outcome, long tokens) {}

  private List<Measured> measureAll(EvaluationRequest request) throws IOException {
    try (KeepAlive alive = KeepAlive.start(Activity.getExecutionContext());
        ProgressDeadline.Watch watch = deadline.watch()) {
      CandidateSet candidates = CandidateSet.read(stored.readBytes(request.candidates()));
      OpenModel model = model(request.model());
      model.requireContent(request.calibration().modelSha256());
      List<PruningPlan> plans =
          request.ids().stream().map(id -> candidates.candidate(id).plan()).toList();
      long tokens = windows(model, request.text()).tokens();
      List<Long> ofEach =
          Work.shares(plans).stream().map(share -> Math.round(share * tokens)).toList();
      Map<Integer, Evaluations.Outcome> outcomes = new TreeMap<>();
      evaluations.findOrRun(
          new Evaluations.Task(
              model,
              request.calibration(),
              () -> calibrations.order(request.calibration()),
              request.text(),
              request.objective(),
              compensations.of(model, request.calibration(), request.compensation())),
          plans,
          reporting(alive, watch, "%d candidates".formatted(plans.size())),
          new Evaluations.Outcomes() {
            @Override
            public void known(int plan, Evaluations.Outcome outcome) {
              outcomes.put(plan, outcome);
              listener.ended(EvaluationListener.Outcome.of(outcome), ofEach.get(plan));
              alive.finished("%s: %.6g".formatted(request.ids().get(plan), outcome.perplexity()));
            }

            @Override
            public void ran(Duration took) {
              listener.ended(EvaluationListener.Step.RUN_CANDIDATES, took);
            }
          });
      List<Measured> measured = new ArrayList<>();
      outcomes.forEach(
          (plan, outcome) ->
              measured.add(
                  new Measured(
                      request.ids().get(plan), plans.get(plan), outcome, ofEach.get(plan))));
      return measured;
    }
  }

  private static ProgressListener reporting(
      KeepAlive alive, ProgressDeadline.Watch watch, String what) {
    return (done, total) -> {
      watch.advanced(done, total);
      alive.check();
      alive.progress("%s: %d %%".formatted(what, 100 * done / total));
    };
  }

  private OpenModel model(String directory) throws IOException {
    Path path = locations.models().require(directory);
    if (open.isEmpty() || !open.get().isStill(path)) {
      open.ifPresent(OpenModel::close);
      open = Optional.empty();
      open = Optional.of(OpenModel.open(path, options, weightFiles, locations, listener));
    }
    return open.get();
  }

  @Override
  public synchronized void close() {
    open.ifPresent(OpenModel::close);
    open = Optional.empty();
  }
}
