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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Gram matrices of dense models by key: collected once, and kept in the store layer by layer. A
 * collection that begins again goes through all layers, but what it costs, products and files, is
 * spent on those alone that are not kept yet.
 */
final class Grams {
  private final Stored stored;
  private final KeptFiles files;
  private final Path workDirectory;
  private final ComputeOptions options;
  private final long most;
  private final GramRoom room;

  /**
   * @param most bytes that a model's Gram matrices may take of the store
   */
  Grams(Stored stored, LocalCopies copies, Path workDirectory, ComputeOptions options, long most) {
    this(stored, copies, workDirectory, options, most, Disks.HERE);
  }

  Grams(
      Stored stored,
      LocalCopies copies,
      Path workDirectory,
      ComputeOptions options,
      long most,
      Disks disks) {
    this.stored = stored;
    this.files = new KeptFiles(stored, copies, workDirectory);
    this.workDirectory = workDirectory;
    this.options = options;
    this.most = most;
    this.room = new GramRoom(stored.store(), workDirectory, disks);
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

    IndexKey layer(int number) {
      return new IndexKey("gram-layer", Json.write(this) + " layer " + number);
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
    Key key = key(model, text, firstWindow, windows);
    Optional<ArtifactRef> known = stored.store().find(key.indexKey());
    if (known.isPresent() && isWhole(known.get())) {
      return known.get();
    }
    LlamaConfig config = model.directory().config();
    int count = config.layers().size();
    Kept kept = new Kept(stored, files, room, key, new ConcurrentHashMap<>());
    kept.find(count);
    requireRoom(config, kept);
    if (kept.layers().size() < count) {
      collect(model, text, windows, listener, kept);
    }
    List<ArtifactRef> layers = IntStream.range(0, count).mapToObj(kept.layers()::get).toList();
    return stored.index(
        key.indexKey(), stored.put(new GramIndex(layers, windows.tokens())), this::isWhole);
  }

  /**
   * Whether an index can be read, and the matrices of all its layers are there. Hundreds of
   * gigabytes aren't read for that: each layer is checked when it is opened.
   */
  private boolean isWhole(ArtifactRef index) throws IOException {
    Optional<GramIndex> read = stored.readable(index, GramIndex.class);
    if (read.isEmpty()) {
      return false;
    }
    for (ArtifactRef layer : read.get().layers()) {
      if (!stored.store().has(layer)) {
        return false;
      }
    }
    return true;
  }

  /** The layers that are in the store: none of them is collected again. */
  private record Kept(
      Stored stored, KeptFiles files, GramRoom room, Key key, Map<Integer, ArtifactRef> layers)
      implements GramCollector.Layers {
    void find(int count) throws IOException {
      for (int layer = 0; layer < count; layer++) {
        Optional<ArtifactRef> known = files.find(key.layer(layer));
        if (known.isPresent()) {
          layers.put(layer, known.get());
        }
      }
    }

    @Override
    public boolean wants(int layer) {
      return !layers.containsKey(layer);
    }

    @Override
    public void waiting(long bytes) throws IOException {
      room.requireForWaiting(bytes);
    }

    @Override
    public void complete(int layer, Path file) throws IOException {
      layers.put(layer, files.keep(key.layer(layer), stored.store().put(file)));
    }
  }

  /**
   * Fails unless there is room for the matrices, before anything is run; on disks, for those that
   * are missing.
   *
   * @throws IllegalArgumentException if they would take more than they may
   * @throws IOException if a disk has too little room at the moment
   */
  private void requireRoom(LlamaConfig config, Kept kept) throws IOException {
    long bytes = GramSize.ofModel(config);
    if (bytes > most) {
      throw new IllegalArgumentException(
          "the Gram matrices of this model take %,d bytes, more than the %,d that they may: allow more with --gram-space, or go without them (--reconstruction none)"
              .formatted(bytes, most));
    }
    room.require(
        IntStream.range(0, config.layers().size())
            .filter(kept::wants)
            .mapToObj(layer -> GramSize.ofLayer(config, layer))
            .toList(),
        options.first().devices().size());
  }

  private void collect(
      OpenModel model, TextKey text, TokenWindows windows, ProgressListener listener, Kept layers)
      throws IOException {
    Placement placement = options.first();
    try (TorchThreads threads = options.threads(placement)) {
      MemoryBudget forModel =
          GramCollector.forModel(
              placement.memory(),
              model.directory().config(),
              text.windowsInChunk() * text.sequenceLength(),
              threads.count());
      try (LoadedModel dense = model.loadAsStored(new Placement(placement.devices(), forModel))) {
        long start = System.nanoTime();
        new GramCollector(threads, placement.memory())
            .collect(dense, windows, text.windowsInChunk(), workDirectory, listener, layers);
        model.ended(EvaluationListener.Step.COLLECT_STATISTICS, start);
      }
    }
  }

  private static Key key(OpenModel model, TextKey text, int firstWindow, TokenWindows windows) {
    return new Key(
        model.directory().sha256(),
        text,
        firstWindow,
        windows.count(),
        GramCollector.sourceSha256(),
        model.numericType().name(),
        model.engine());
  }
}
