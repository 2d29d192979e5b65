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
import dev.selfpruner.gpu.engine.Work;
import dev.selfpruner.gpu.export.PrunedModelWriter;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.text.TokenWindows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * {@inheritDoc}
 *
 * <p>Runs one activity at a time: the model fills the device, and the work inside an activity is
 * parallel already.
 */
public final class ModelActivitiesImpl implements ModelActivities, AutoCloseable {
  /**
   * Another program may have a device's memory for a moment, and another worker may have more: a
   * candidate has failed for want of it when it did so in so many attempts. Those that fail of
   * something else, or whose worker dies, don't count. What else was measured is in the store, so
   * that an attempt costs what failed.
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
   * @param locations of the models and texts that it reads
   * @param gramBytes that a model's Gram matrices may take of the store; a calibration that needs
   *     more is refused before it runs. So much of the work directory is for copies of each kind of
   *     the store's files, too
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
    this.prunedModels = new PrunedModels(stored, copies, workDirectory);
    this.weightFiles = new OrderedWeightFiles(stored, copies, workDirectory);
    this.compensations = new Compensations(stored, copies);
    this.sequentialFits =
        new SequentialFits(stored, copies, workDirectory, options, evaluations, compensations);
    this.measuredModels =
        new MeasuredModels(
            stored, copies, workDirectory, options, weightFiles, locations, listener);
    this.latencies = new Latencies(stored, new Targets(options));
  }

  @Override
  public synchronized Calibration calibrate(CalibrationRequest request) {
    return watched(
        work -> {
          OpenModel model = model(request.model());
          PrunedModelWriter.requireWritable(model.directory(), request.format());
          for (TextWindows text : request.texts()) {
            TokenWindows unused = windows(model, text); // for what it refuses
          }
          return calibrations.findOrRun(model, request, work::reporting);
        });
  }

  @Override
  public synchronized List<Fitness> evaluate(EvaluationRequest request) {
    return underWay(work -> fitness(request, work));
  }

  @Override
  public synchronized ProbeResult probe(EvaluationRequest request) {
    return underWay(
        work -> {
          List<Fitness> fitness = fitness(request, work);
          return new ProbeResult(
              stored.put(new Probes(request.candidates(), fitness)),
              fitness.size(),
              (int) fitness.stream().filter(Fitness::alreadyKnown).count(),
              fitness.stream().mapToLong(Fitness::tokens).sum());
        });
  }

  @Override
  public synchronized int windows(WindowsRequest request) {
    return underWay(
        work -> {
          work.alive().progress("counting windows");
          return windows(modelThatWasThere(request.model()), request.text()).count();
        });
  }

  private List<Fitness> fitness(EvaluationRequest request, WatchedWork work) throws IOException {
    List<Measured> all = measureAll(request, work);
    requireMemory(all, work.alive());
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

  /** All are counted before one of them fails the attempt. */
  private static void requireMemory(List<Measured> all, KeepAlive alive) {
    List<Evaluations.Outcome> again = new ArrayList<>();
    for (Measured measured : all) {
      if (measured.outcome().outOfMemory()
          && alive.failed(measured.id() + " out of memory") < ATTEMPTS_AT_MEMORY) {
        again.add(measured.outcome());
      }
    }
    again.forEach(Evaluations.Outcome::requireMemory);
  }

  private static TokenWindows windows(OpenModel model, TextWindows wanted) throws IOException {
    Texts.TokenizedText text = model.text(wanted);
    return TokenWindows.cut(text.ids(), wanted);
  }

  @Override
  public synchronized List<Measurement> measure(EvaluationRequest request) {
    return underWay(
        work -> {
          Calibration calibration = request.calibration();
          PrunableModel prunable = stored.read(calibration.prunable(), PrunableModel.class);
          List<Measurement> result = new ArrayList<>();
          for (Measured measured : measureAll(request, work)) {
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
    return underWay(work -> pruned(request, work));
  }

  /** With what makes up for removed units as the request says: nothing, or a dense-once fit. */
  private PrunedModel pruned(PruneRequest request, WatchedWork work) throws IOException {
    PruningPlan plan = plan(request.candidates(), request.id());
    OpenModel model = modelThatWasThere(request.model());
    Calibration calibration = request.calibration();
    Optional<Compensations.DenseOnce> compensation =
        compensations.denseOnce(model, calibration, request.compensation());
    UnitOrder order = calibrations.order(calibration);
    work.alive().progress("writing the pruned model");
    long start = System.nanoTime();
    PrunedModel pruned;
    if (compensation.isEmpty()) {
      pruned =
          prunedModels.findOrWrite(model.directory(), calibration, order, plan, request.format());
    } else {
      model.requireContent(calibration.modelSha256());
      pruned =
          prunedModels.findOrWrite(
              model.directory(),
              calibration,
              order,
              plan,
              request.format(),
              compensation.get().key(),
              folder -> {
                FolderLayers layers = new FolderLayers(folder);
                Engines engines = model.engines(calibration.key(), () -> order);
                compensation
                    .get()
                    .fits(engines)
                    .write(engines.model(), plan, layers, work.reporting("fit"));
                return layers;
              });
    }
    model.ended(EvaluationListener.Step.WRITE_MODEL, start);
    return pruned;
  }

  @Override
  public synchronized PrunedModel fit(FitRequest request) {
    return underWay(
        work -> {
          PruningPlan plan = plan(request.candidates(), request.id());
          OpenModel model = model(request.model(), request.calibration());
          Optional<SequentialFits.Fit> fit =
              sequentialFits.findOrRun(
                  new SequentialFits.Task(
                      model,
                      request,
                      plan,
                      () -> calibrations.order(request.calibration()),
                      work::reporting));
          if (fit.isEmpty()) {
            return pruned(
                new PruneRequest(
                    request.model(),
                    request.calibration(),
                    request.candidates(),
                    request.id(),
                    request.compensation(),
                    request.format()),
                work);
          }
          work.alive().progress("writing the fitted model");
          long start = System.nanoTime();
          PrunedModel fitted =
              prunedModels.findOrWrite(
                  model.directory(),
                  request.calibration(),
                  calibrations.order(request.calibration()),
                  plan,
                  request.format(),
                  fit.get().key(),
                  folder -> fit.get().layers());
          model.ended(EvaluationListener.Step.WRITE_MODEL, start);
          return fitted;
        });
  }

  @Override
  public synchronized Measurement measureModel(ModelMeasurementRequest request) {
    return underWay(
        work -> {
          open.ifPresent(OpenModel::unload);
          return measuredModels.findOrRun(
              request, work.reporting("perplexity of the stored model"));
        });
  }

  @Override
  public synchronized LatencyGoal measureLatency(LatencyRequest request) {
    return underWay(
        work -> {
          OpenModel model = model(request.model(), request.calibration());
          return latencies.findOrRun(
              model,
              request.calibration(),
              request.target(),
              () -> inOrder(model, request.calibration()),
              work.reporting("latency of blocks"));
        });
  }

  @Override
  public synchronized LatencyFigures reportLatency(LatencyReportRequest request) {
    return underWay(
        work -> {
          OpenModel model = model(request.model(), request.calibration());
          return latencies.figures(
              model,
              request.goal(),
              plan(request.baselines(), "dense"),
              plan(request.baselines(), "uniform"),
              plan(request.population(), request.best()),
              () -> inOrder(model, request.calibration()),
              work.reporting("latency of the pruned model"));
        });
  }

  private LoadedModel inOrder(OpenModel model, Calibration calibration) {
    return model.engines(calibration.key(), () -> calibrations.order(calibration)).model();
  }

  private PruningPlan plan(ArtifactRef candidates, String id) throws IOException {
    return CandidateSet.read(stored.readBytes(candidates)).candidate(id).plan();
  }

  /** What an activity does that a search begins with, with its failures in Temporal's terms. */
  private <T> T watched(WatchedWork.Body<T> body) {
    return watched(() -> Failures.translated(() -> run(body)));
  }

  /** The same of a search that has a calibration. */
  private <T> T underWay(WatchedWork.Body<T> body) {
    return watched(() -> Failures.underWay(() -> run(body)));
  }

  private <T> T run(WatchedWork.Body<T> body) throws IOException {
    try (WatchedWork work = WatchedWork.begin(deadline)) {
      return body.run(work);
    }
  }

  private <T> T watched(Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      deadline.endIfDeviceIsLost(e);
      throw e;
    }
  }

  private record Measured(String id, PruningPlan plan, Evaluations.Outcome outcome, long tokens) {}

  private List<Measured> measureAll(EvaluationRequest request, WatchedWork work)
      throws IOException {
    CandidateSet candidates = CandidateSet.read(stored.readBytes(request.candidates()));
    OpenModel model = model(request.model(), request.calibration());
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
        work.reporting("%d candidates".formatted(plans.size())),
        (plan, outcome) -> {
          outcomes.put(plan, outcome);
          listener.ended(EvaluationListener.Outcome.of(outcome), ofEach.get(plan));
          work.alive()
              .finished("%s: %.6g".formatted(request.ids().get(plan), outcome.perplexity()));
        });
    List<Measured> measured = new ArrayList<>();
    outcomes.forEach(
        (plan, outcome) ->
            measured.add(
                new Measured(request.ids().get(plan), plans.get(plan), outcome, ofEach.get(plan))));
    return measured;
  }

  /** The model that was calibrated, and no other that lies in its place now. */
  private OpenModel model(String directory, Calibration calibration) throws IOException {
    OpenModel model = modelThatWasThere(directory);
    model.requireContent(calibration.modelSha256());
    return model;
  }

  /** Without its files, its directory is one that a file system is to be mounted on. */
  private OpenModel modelThatWasThere(String directory) throws IOException {
    Path config = locations.models().require(directory).resolve(ModelDirectory.CONFIG);
    if (!Files.exists(config)) {
      throw new NoSuchFileException(config.toString());
    }
    return model(directory);
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
