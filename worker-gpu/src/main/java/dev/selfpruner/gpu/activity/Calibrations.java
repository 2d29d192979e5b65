package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.LayerStatistics;
import dev.selfpruner.activities.search.RemovalOrder;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.calibrate.Calibrated;
import dev.selfpruner.gpu.calibrate.Calibrator;
import dev.selfpruner.gpu.calibrate.Importance;
import dev.selfpruner.gpu.calibrate.ImportanceFile;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.Placement;
import dev.selfpruner.gpu.model.HeadUnits;
import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.reconstruct.GramIndex;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Calibrations by key: found if they were ever finished, run and stored if not. */
final class Calibrations {
  /** Importance of a unit: Wanda's, summed over the columns that go with it (FLAP, Wanda-sp). */
  static final String METRIC = "wanda-sp";

  private final Stored stored;
  private final LocalCopies copies;
  private final Path workDirectory;
  private final ComputeOptions options;
  private final Grams grams;
  private final SurgeonOrders surgeonOrders;
  private final Targets targets;

  /**
   * @param gramBytes that a model's Gram matrices may take of the store
   */
  Calibrations(
      Stored stored,
      LocalCopies copies,
      Path workDirectory,
      ComputeOptions options,
      long gramBytes) {
    this.stored = stored;
    this.copies = copies;
    this.workDirectory = workDirectory;
    this.options = options;
    this.grams = new Grams(stored, copies, workDirectory, options, gramBytes);
    this.surgeonOrders = new SurgeonOrders(stored, copies, options);
    this.targets = new Targets(options);
  }

  /** What is calibrated on which windows, under which key. */
  private record Task(
      OpenModel model, CalibrationRequest request, TokenWindows windows, CalibrationKey key) {
    LlamaConfig config() {
      return model.directory().config();
    }
  }

  /**
   * Finds or runs a calibration.
   *
   * @param progress gives each part of the work, by its name, a listener
   * @throws IllegalArgumentException if no plan of the model can be what is asked for; before
   *     anything runs
   */
  Calibration findOrRun(
      OpenModel model, CalibrationRequest request, Function<String, ProgressListener> progress)
      throws IOException {
    requireUnits(model.directory().config(), request.attentionUnit());
    targets.requireMet(request, model.directory());
    TextWindows wanted = request.text();
    Texts.TokenizedText text = model.text(wanted);
    TokenWindows windows = TokenWindows.cut(text.ids(), wanted);
    Task task = new Task(model, request, windows, key(model, request, text, windows));
    List<ArtifactRef> gram =
        request.gram()
            ? List.of(
                grams.findOrRun(
                    model,
                    task.key().text(),
                    wanted.firstWindow(),
                    windows,
                    progress.apply("Gram matrices")))
            : List.of();
    return with(withoutGram(task, gram, progress), gram);
  }

  /**
   * The calibration as it is stored: with Gram matrices or without, it is the same, and found by
   * the same key.
   */
  private Calibration withoutGram(
      Task task, List<ArtifactRef> gram, Function<String, ProgressListener> progress)
      throws IOException {
    IndexKey indexKey = task.key().indexKey();
    Optional<Calibration> known = known(indexKey);
    boolean ranked = task.request().order() == RemovalOrder.BRAIN_SURGEON || known.isPresent();
    Optional<Calibrated> measured =
        ranked && hasStatistics(task.key().digest())
            ? Optional.empty()
            : Optional.of(measure(task, progress.apply("calibration")));
    if (measured.isPresent()) {
      LayerStatistics unused =
          stored.index(
              LayerStatistics.indexKey(task.key().digest()),
              measured.get().statistics(),
              LayerStatistics.class);
    }
    if (known.isPresent()) { // maybe from before there were statistics
      return known.get();
    }
    Importance importance =
        switch (task.request().order()) {
          case WANDA_SP ->
              measured
                  .orElseThrow()
                  .importance()
                  .inUnits(task.config(), task.request().attentionUnit());
          case BRAIN_SURGEON -> surgeonOrder(task, gram.get(0), progress.apply("order of removal"));
        };
    return stored.index(indexKey, calibration(task, importance), Calibration.class, this::isWhole);
  }

  private Optional<Calibration> known(IndexKey key) throws IOException {
    Optional<Calibration> known = stored.find(key, Calibration.class);
    return known.isPresent() && isWhole(known.get()) ? known : Optional.empty();
  }

  /** Whether what a calibration refers to can be used. */
  private boolean isWhole(Calibration calibration) throws IOException {
    return copies.isIntact(calibration.prunable()) && copies.isIntact(calibration.importance());
  }

  private Calibration calibration(Task task, Importance importance) throws IOException {
    return new Calibration(
        task.key().digest(),
        task.model().directory().sha256(),
        stored.put(importance.order().prunable(task.config(), task.request().attentionUnit())),
        stored.putFile(workDirectory, target -> ImportanceFile.write(importance, target)),
        task.model().directory().parameters(),
        task.config().layers().size());
  }

  private static Calibration with(Calibration calibration, List<ArtifactRef> gram) {
    return new Calibration(
        calibration.key(),
        calibration.modelSha256(),
        calibration.prunable(),
        calibration.importance(),
        calibration.parameters(),
        calibration.layers(),
        gram);
  }

  private boolean hasStatistics(String calibration) throws IOException {
    return stored.find(LayerStatistics.indexKey(calibration), LayerStatistics.class).isPresent();
  }

  private Calibrated measure(Task task, ProgressListener listener) {
    Placement placement = options.first();
    int length = task.request().text().sequenceLength();
    try (LoadedModel dense = task.model().loadAsStored();
        TorchThreads threads = options.threads(placement)) {
      long start = System.nanoTime();
      Calibrated measured =
          new Calibrator(threads, placement.memory())
              .measure(dense, task.windows(), options.windowsPerChunk(length), listener);
      task.model().ended(EvaluationListener.Step.COLLECT_STATISTICS, start);
      return measured;
    }
  }

  private Importance surgeonOrder(Task task, ArtifactRef gram, ProgressListener listener)
      throws IOException {
    return surgeonOrders.findOrRun(
        new SurgeonOrders.Task(
            task.model(),
            task.key().digest(),
            stored.read(gram, GramIndex.class),
            task.request().attentionUnit()),
        listener);
  }

  /** The order of removal that follows from a calibration's importance. */
  UnitOrder order(Calibration calibration) {
    try {
      Path file = newFile();
      try {
        stored.store().copyTo(calibration.importance(), file);
        return ImportanceFile.read(file).order();
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the importance of units", e);
    }
  }

  private Path newFile() throws IOException {
    Files.createDirectories(workDirectory);
    Path file = Files.createTempFile(workDirectory, "importance", ".safetensors");
    Files.delete(file); // only the name: writers create their target
    return file;
  }

  private static void requireUnits(LlamaConfig config, AttentionUnit unit) {
    for (LayerSize layer : config.layers()) {
      HeadUnits unused = HeadUnits.of(layer, unit);
    }
  }

  private static CalibrationKey key(
      OpenModel model, CalibrationRequest request, Texts.TokenizedText text, TokenWindows windows) {
    return new CalibrationKey(
        model.directory().sha256(),
        metric(request.order(), request.attentionUnit()),
        TextKey.of(model, text, request.text()),
        request.text().firstWindow(),
        windows.count(),
        model.numericType().name(),
        model.engine());
  }

  /** What units are sorted by; where single query heads go, as it was before others could. */
  static String metric(RemovalOrder order, AttentionUnit unit) {
    String metric =
        switch (order) {
          case WANDA_SP -> METRIC;
          case BRAIN_SURGEON -> SurgeonOrders.METRIC;
        };
    return unit == AttentionUnit.QUERY_HEAD
        ? metric
        : metric + ", " + unit.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
