package dev.selfpruner.gpu.reconstruct;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LayerWeights;
import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.reconstruct.BlockStatistics.Sample;
import dev.selfpruner.gpu.torch.Torch;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One layer of a {@link SequentialFit}: its two blocks, one after the other. */
final class LayerFit {
  private final SequentialFit.Fit fit;
  private final Decoder decoder;
  private final LlamaConfig config;
  private final LeastSquares math;
  private final Streams streams;
  private final ChunkTasks tasks;
  private final int layer;
  private final LayerSize size;
  private final LayerWeights weights;

  LayerFit(
      SequentialFit.Fit fit,
      Decoder decoder,
      LeastSquares math,
      Streams streams,
      ChunkTasks tasks,
      int layer,
      LayerWeights weights) {
    this.fit = fit;
    this.decoder = decoder;
    this.config = decoder.config();
    this.math = math;
    this.streams = streams;
    this.tasks = tasks;
    this.layer = layer;
    this.size = config.layers().get(layer);
    this.weights = weights;
  }

  /** Moves the streams past the layer; fits it, and keeps it, if it isn't there. */
  void run() {
    Optional<FittedLayerFile> finished = fit.layers().open(layer);
    try (NDManager host = NDManager.newBaseManager(Device.cpu(), Torch.ENGINE)) {
      Map<Projection, NDArray> fitted = new EnumMap<>(Projection.class);
      finished.ifPresent(file -> fitted.putAll(read(host, file)));
      for (Projection projection : Projection.values()) {
        if (!streams.parted() && SequentialFit.keepsAll(config, fit.plan(), layer, projection)) {
          advanceBoth(projection);
        } else {
          fit(projection, host, fitted);
        }
      }
      if (finished.isEmpty() && !fitted.isEmpty()) {
        fit.layers().keep(layer, target -> FittedLayerFile.write(fitted, target));
      }
    } finally {
      finished.ifPresent(FittedLayerFile::close);
    }
  }

  /** Valid as long as the file is open. */
  private static Map<Projection, NDArray> read(NDManager host, FittedLayerFile file) {
    Map<Projection, NDArray> fitted = new EnumMap<>(Projection.class);
    for (Projection projection : Projection.values()) {
      file.read(host, projection).ifPresent(array -> fitted.put(projection, array));
    }
    return fitted;
  }

  /** Past a block that is the same in both models, before anything was removed. */
  private void advanceBoth(Projection projection) {
    tasks.each(
        decoder,
        (scratch, chunk) -> {
          NDArray hidden = streams.dense().take(scratch, chunk);
          streams.dense().put(chunk, dense(projection, scratch, hidden, true));
        });
    tasks.skip();
  }

  private void fit(Projection projection, NDManager host, Map<Projection, NDArray> fitted) {
    boolean parted = streams.parted();
    if (!parted) {
      streams.part();
    }
    if (fitted.containsKey(projection)) {
      tasks.each(
          decoder,
          (scratch, chunk) ->
              advanceDense(projection, scratch, chunk, parted, (before, wanted) -> {}));
    } else {
      fitted.put(projection, fitted(projection, host, parted));
    }
    if (layer == fit.stop() - 1 && projection == Projection.MLP) {
      tasks.skip(); // nobody reads the pruned stream any more
    } else {
      advancePruned(projection, fitted.get(projection));
    }
  }

  /** Statistics of all chunks, a few at a time, and what follows from them. */
  private NDArray fitted(Projection projection, NDManager host, boolean parted) {
    int kept = projection.kept(fit.plan().layers().get(layer));
    int inputs = kept * projection.width(config);
    try (NDManager owner = decoder.newManager();
        BlockStatistics statistics = statistics(owner, projection, kept)) {
      for (int from = 0; from < tasks.chunks(); from += tasks.atATime()) {
        int first = from;
        Sample[] samples = new Sample[Math.min(tasks.atATime(), tasks.chunks() - from)];
        try (NDManager wave = decoder.newManager()) {
          tasks.each(
              decoder,
              from,
              samples.length,
              (scratch, chunk) ->
                  advanceDense(
                      projection,
                      scratch,
                      chunk,
                      parted,
                      (before, wanted) -> {
                        NDArray read = projection.inputs(decoder, scratch, weights, before, kept);
                        samples[chunk - first] =
                            new Sample(
                                math.columns(wave, read, inputs),
                                math.difference(wave, wanted, before));
                      }));
          statistics.add(List.of(samples), tasks::run);
        }
      }
      try (NDManager scratch = decoder.newManager()) {
        return math.hosted(host, statistics.solve(scratch, fit.damping()));
      }
    }
  }

  /** Made after the prior, whose matrices are gone by then. */
  private BlockStatistics statistics(NDManager owner, Projection projection, int kept) {
    NDArray towards =
        kept == projection.units(size)
            ? projection.of(weights)
            : fit.prior().of(decoder, owner, layer, weights, projection, kept);
    return new BlockStatistics(decoder, math, (long) kept * projection.width(config), towards);
  }

  /** Sees a chunk at a block. */
  @FunctionalInterface
  private interface Reader {
    /**
     * Reads both streams, and leaves them as they are.
     *
     * @param before the pruned stream before the block
     * @param wanted the dense stream after it
     */
    void read(NDArray before, NDArray wanted);
  }

  private void advanceDense(
      Projection projection, NDManager scratch, int chunk, boolean parted, Reader reader) {
    NDArray hidden = streams.dense().take(scratch, chunk);
    NDArray before = parted ? streams.pruned().view(scratch, chunk) : hidden;
    NDArray wanted = dense(projection, scratch, hidden, parted);
    reader.read(before, wanted);
    streams.dense().put(chunk, wanted);
    if (!parted) {
      streams.pruned().put(chunk, hidden);
    }
  }

  private NDArray dense(Projection projection, NDManager manager, NDArray hidden, boolean last) {
    return projection.block(decoder, manager, weights, hidden, projection.units(size), last);
  }

  private void advancePruned(Projection projection, NDArray fitted) {
    int kept = projection.kept(fit.plan().layers().get(layer));
    try (NDManager owner = decoder.newManager()) {
      long rows = projection.rows(config, size, kept);
      LayerWeights own =
          projection.replaced(weights, math.padded(owner, fitted, rows, projection.of(weights)));
      tasks.each(
          decoder,
          (scratch, chunk) -> {
            NDArray hidden = streams.pruned().take(scratch, chunk);
            streams
                .pruned()
                .put(chunk, projection.block(decoder, scratch, own, hidden, kept, true));
          });
    }
  }
}
