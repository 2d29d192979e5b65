package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.ModelFiles;
import dev.selfpruner.activities.search.ModelMeasurementRequest;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.evaluate.PerplexityEvaluator;
import dev.selfpruner.gpu.evaluate.WindowLosses;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.Placement;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Perplexities of stored models by key: of their files, units in the order of the files. */
final class MeasuredModels {
  private final Stored stored;
  private final LocalCopies copies;
  private final Path workDirectory;
  private final ComputeOptions options;
  private final OrderedWeightFiles weightFiles;
  private final Locations locations;
  private final EvaluationListener steps;

  MeasuredModels(
      Stored stored,
      LocalCopies copies,
      Path workDirectory,
      ComputeOptions options,
      OrderedWeightFiles weightFiles,
      Locations locations,
      EvaluationListener steps) {
    this.stored = stored;
    this.copies = copies;
    this.workDirectory = workDirectory;
    this.options = options;
    this.weightFiles = weightFiles;
    this.locations = locations;
    this.steps = steps;
  }

  /**
   * Everything that the loss depends on.
   *
   * @param files digest of the files' names and contents
   */
  private record Key(
      String files, TextKey text, int firstWindow, int windows, String numericType, String engine) {
    IndexKey indexKey() {
      return new IndexKey("model-measurement", Json.write(this));
    }
  }

  /** What was measured: the content of an artifact. */
  private record Losses(List<Double> nllPerWindow, long tokens) {}

  Measurement findOrRun(ModelMeasurementRequest request, ProgressListener listener)
      throws IOException {
    ModelFiles files = stored.read(request.model().files(), ModelFiles.class);
    Files.createDirectories(workDirectory);
    Path work = Files.createTempDirectory(workDirectory, "measured");
    try (OpenModel model =
        OpenModel.open(bring(files, work), options, weightFiles, locations, steps)) {
      WindowLosses losses = losses(files, model, request.text(), listener);
      double perplexity = losses.perplexity();
      return new Measurement(
          Math.max(1.0, perplexity),
          request.model().parameters(),
          request.model().keptBlockShare());
    } finally {
      PrunedModels.delete(work);
    }
  }

  /** A model directory whose files are the store's own, or copies below {@code work}. */
  private Path bring(ModelFiles files, Path work) throws IOException {
    Path directory = Files.createDirectory(work.resolve("model"));
    for (Map.Entry<String, ArtifactRef> file : files.files().entrySet()) {
      Path content = copies.file(file.getValue(), work.resolve("content"));
      Path unused =
          Files.createSymbolicLink(directory.resolve(file.getKey()), content.toAbsolutePath());
    }
    return directory;
  }

  private WindowLosses losses(
      ModelFiles files, OpenModel model, TextWindows wanted, ProgressListener listener)
      throws IOException {
    Texts.TokenizedText text = model.text(wanted);
    TokenWindows windows = TokenWindows.cut(text.ids(), wanted);
    TextKey textKey = TextKey.of(model, text, wanted);
    IndexKey key =
        new Key(
                digest(files),
                textKey,
                wanted.firstWindow(),
                windows.count(),
                model.numericType().name(),
                model.engine())
            .indexKey();
    Optional<Losses> known = stored.find(key, Losses.class);
    Losses losses =
        known.isPresent()
            ? known.get()
            : stored.index(
                key, run(model, windows, textKey.windowsInChunk(), listener), Losses.class);
    return new WindowLosses(losses.nllPerWindow(), losses.tokens());
  }

  private Losses run(
      OpenModel model, TokenWindows windows, int windowsPerChunk, ProgressListener listener) {
    Placement placement = options.first();
    try (LoadedModel loaded = model.loadAsStored(placement);
        TorchThreads threads = options.threads(placement);
        PerplexityEvaluator evaluator =
            new PerplexityEvaluator(loaded, threads, placement.memory())) {
      long start = System.nanoTime();
      WindowLosses losses =
          evaluator.evaluate(List.of(loaded.dense()), windows, windowsPerChunk, listener).get(0);
      model.ended(EvaluationListener.Step.RUN_MODEL, start);
      return new Losses(losses.nllPerWindow(), losses.tokens());
    }
  }

  private static String digest(ModelFiles files) {
    return Digests.sha256(
        files.files().entrySet().stream()
            .map(file -> file.getKey() + " " + file.getValue().sha256())
            .collect(Collectors.joining("\n")));
  }
}
