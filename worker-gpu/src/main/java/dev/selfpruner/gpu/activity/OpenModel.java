package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.Engines;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.llama.Placement;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.reconstruct.DenseOnceFits;
import dev.selfpruner.gpu.text.TextTokenizer;
import dev.selfpruner.gpu.torch.OutOfMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The model that a worker has at hand: its files, its tokenizer, and its weights once needed. */
final class OpenModel implements AutoCloseable {
  private final ModelDirectory directory;
  private final List<String> files;
  private final TextTokenizer tokenizer;
  private final Texts texts;
  private final ComputeOptions options;
  private final String engine;
  private final OrderedWeightFiles weightFiles;
  private final Roots textRoots;
  private final EvaluationListener listener;
  private Optional<Ordered> ordered = Optional.empty();

  private record Ordered(String calibration, Engines engines) {}

  /** Fits of the engines' model, kept with what they have cached. */
  private Optional<Fitted> fitted = Optional.empty();

  private record Fitted(String key, DenseOnceFits fits) {}

  private OpenModel(
      ModelDirectory directory,
      List<String> files,
      TextTokenizer tokenizer,
      ComputeOptions options,
      OrderedWeightFiles weightFiles,
      Roots textRoots,
      EvaluationListener listener) {
    this.directory = directory;
    this.files = files;
    this.tokenizer = tokenizer;
    this.texts = new Texts(tokenizer);
    this.options = options;
    this.engine = Engine.description(options);
    this.weightFiles = weightFiles;
    this.textRoots = textRoots;
    this.listener = listener;
  }

  /** The model of a directory, for the caller to close. */
  static OpenModel open(
      Path path, ComputeOptions options, OrderedWeightFiles weightFiles, Locations locations)
      throws IOException {
    return open(path, options, weightFiles, locations, EvaluationListener.SILENT);
  }

  /**
   * The same, watched.
   *
   * @param listener hears of the steps that go well with it
   */
  static OpenModel open(
      Path path,
      ComputeOptions options,
      OrderedWeightFiles weightFiles,
      Locations locations,
      EvaluationListener listener)
      throws IOException {
    List<String> files = files(path); // before they are read: a change meanwhile is seen
    ModelDirectory directory = ModelDirectory.open(path);
    try {
      return new OpenModel(
          directory,
          files,
          TextTokenizer.open(path),
          options,
          weightFiles,
          locations.texts(),
          listener);
    } catch (RuntimeException | IOException e) {
      directory.close();
      throw e;
    }
  }

  /** Whether this is the model in a directory, whose files are as they were when it was opened. */
  boolean isStill(Path path) throws IOException {
    return directory.path().equals(path) && files(path).equals(files);
  }

  /** Names, sizes and times of a directory's files; none where there is no such directory. */
  private static List<String> files(Path path) throws IOException {
    List<String> files = new ArrayList<>();
    if (Files.isDirectory(path)) {
      try (Stream<Path> there = Files.list(path)) {
        for (Path file : there.filter(OpenModel::isRead).sorted().toList()) {
          BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
          files.add("%s %d %s".formatted(file.getFileName(), now.size(), now.lastModifiedTime()));
        }
      }
    }
    return files;
  }

  private static boolean isRead(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".json") || name.endsWith(".safetensors");
  }

  ModelDirectory directory() {
    return directory;
  }

  /** A text as this model reads it, whole. */
  Texts.TokenizedText text(TextWindows wanted) throws IOException {
    return texts.read(textRoots.require(wanted.path()), wanted.beginOfSequence());
  }

  NumericType numericType() {
    return options.numericType();
  }

  /** What computes, as keys name it. */
  String engine() {
    return engine;
  }

  int windowsPerChunk(int sequenceLength) {
    return options.windowsPerChunk(sequenceLength);
  }

  /**
   * Fails if this is not the model that was calibrated.
   *
   * @throws IllegalArgumentException naming both
   */
  void requireContent(String sha256) {
    if (!directory.sha256().equals(sha256)) {
      throw new IllegalArgumentException(
          "the model in %s is not the one that was calibrated: its digest is %s, not %s - start the search anew"
              .formatted(directory.path(), directory.sha256(), sha256));
    }
  }

  /** The model in the order of a calibration; loaded when first asked for, and kept. */
  Engines engines(String calibration, Supplier<UnitOrder> order) {
    if (ordered.isEmpty() || !ordered.get().calibration().equals(calibration)) {
      unload();
      UnitOrder units = order.get();
      long start = System.nanoTime();
      ordered =
          Optional.of(
              new Ordered(
                  calibration,
                  Engines.load(
                      () -> weightFiles.open(directory, calibration, units, options.numericType()),
                      options)));
      ended(EvaluationListener.Step.LOAD_WEIGHTS, start);
    }
    return ordered.get().engines();
  }

  /** The model in the order of its files, for the caller to close; another is unloaded first. */
  LoadedModel loadAsStored() {
    return loadAsStored(options.first());
  }

  /** As {@link #loadAsStored()}, where less memory is for the model. */
  LoadedModel loadAsStored(Placement placement) {
    unload();
    long start = System.nanoTime();
    LoadedModel loaded = LoadedModel.load(LoadedModel.stored(directory, numericType()), placement);
    ended(EvaluationListener.Step.LOAD_WEIGHTS, start);
    return loaded;
  }

  /**
   * Tells of a step that went well with this model.
   *
   * @param start of it, as {@link System#nanoTime()} gives it
   */
  void ended(EvaluationListener.Step step, long start) {
    listener.ended(step, Duration.ofNanos(System.nanoTime() - start));
  }

  /**
   * Fits of the model that {@link #engines} gave; made when first asked for, and kept until others
   * are asked for, or another model.
   *
   * @param key names them
   * @param maker takes the bytes that they may keep on each device
   */
  DenseOnceFits fits(String key, LongFunction<DenseOnceFits> maker) {
    if (fitted.isEmpty() || !fitted.get().key().equals(key)) {
      closeFits();
      fitted = Optional.of(new Fitted(key, maker.apply(options.first().memory().fits())));
    }
    return fitted.get().fits();
  }

  /** Gives the memory of fits back. */
  void closeFits() {
    Optional<Fitted> before = fitted;
    fitted = Optional.empty();
    before.ifPresent(each -> each.fits().close());
  }

  /** Gives the memory of the weights back, and of what belongs to them. */
  void unload() {
    Optional<Ordered> before = ordered;
    ordered = Optional.empty(); // also if it can't be closed
    try {
      closeFits();
      before.ifPresent(loaded -> loaded.engines().close());
    } finally {
      OutOfMemory.releaseCaches();
    }
  }

  @Override
  public void close() {
    unload();
    tokenizer.close();
    directory.close();
  }
}
