package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.llama.Placement;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.reconstruct.GramCollector;
import dev.selfpruner.gpu.reconstruct.GramIndex;
import dev.selfpruner.gpu.reconstruct.GramSize;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Gram matrices of dense models by key: collected once, and kept in the store layer by layer. */
final class Grams {
  private final Stored stored;
  private final Path workDirectory;
  private final ComputeOptions options;
  private final long most;

  /**
   * @param most bytes that a model's Gram matrices may take of the store
   */
  Grams(Stored stored, Path workDirectory, ComputeOptions options, long most) {
    this.stored = stored;
    this.workDirectory = workDirectory;
    this.options = options;
    this.most = most;
  }

  private record Key(
      String model,
      TextKey text,
      int firstWindow,
      int windows,
      String source,
      String numericType,
      String engine) {
    IndexKey indexKey() {
      return new IndexKey("gram", Json.write(this));
    }
  }

  /** The index, a {@link GramIndex} as JSON, of the matrices of what a model reads in a text. */
  ArtifactRef findOrRun(
      OpenModel model,
      TextKey text,
      int firstWindow,
      TokenWindows windows,
      ProgressListener listener)
      throws IOException {
    IndexKey key = key(model, text, firstWindow, windows);
    Optional<ArtifactRef> known = stored.store().find(key);
    if (known.isPresent()) {
      return known.get();
    }
    requireRoom(model.directory().config());
    Map<Integer, ArtifactRef> layers = collect(model, text, windows, listener);
    List<ArtifactRef> files = IntStream.range(0, layers.size()).mapToObj(layers::get).toList();
    return stored.store().index(key, stored.put(new GramIndex(files, windows.tokens())));
  }

  /**
   * Fails unless there is room for the matrices, before anything is run.
   *
   * @throws IllegalArgumentException if they would take more than they may
   * @throws IOException if the disk has too little room at the moment
   */
  private void requireRoom(LlamaConfig config) throws IOException {
    long bytes = GramSize.ofModel(config);
    if (bytes > most) {
      throw new IllegalArgumentException(
          "the Gram matrices of this model take %,d bytes, more than the %,d that they may: allow more with --gram-space, or go without them (--reconstruction none)"
              .formatted(bytes, most));
    }
    Files.createDirectories(workDirectory);
    long free = Files.getFileStore(workDirectory).getUsableSpace();
    if (bytes > free) {
      throw new IOException(
          "the Gram matrices of this model take %,d bytes, and the disk of %s has %,d left: make room for them"
              .formatted(bytes, workDirectory, free));
    }
  }

  private Map<Integer, ArtifactRef> collect(
      OpenModel model, TextKey text, TokenWindows windows, ProgressListener listener)
      throws IOException {
    Placement placement = options.first();
    Map<Integer, ArtifactRef> layers = new ConcurrentHashMap<>();
    try (TorchThreads threads = options.threads(placement)) {
      MemoryBudget forModel =
          GramCollector.forModel(
              placement.memory(),
              model.directory().config(),
              text.windowsInChunk() * text.sequenceLength(),
              threads.count());
      try (LoadedModel dense = model.loadAsStored(new Placement(placement.devices(), forModel))) {
        new GramCollector(threads, placement.memory())
            .collect(
                dense,
                windows,
                text.windowsInChunk(),
                workDirectory,
                listener,
                (layer, file) -> layers.put(layer, stored.store().put(file)));
      }
    }
    return layers;
  }

  private static IndexKey key(
      OpenModel model, TextKey text, int firstWindow, TokenWindows windows) {
    return new Key(
            model.directory().sha256(),
            text,
            firstWindow,
            windows.count(),
            GramCollector.sourceSha256(),
            model.numericType().name(),
            model.engine())
        .indexKey();
  }
}
