package dev.selfpruner.gpu.reconstruct;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.engine.Fits;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LayerWeights;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.ModelPart;
import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.torch.Closing;
import dev.selfpruner.gpu.torch.Torch;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * Output projections fitted to the dense layer's output on calibration text. With G the Gram matrix
 * of what a projection W reads in the dense model and H = G + damping mean(diag G) I, the columns S
 * that stay become W H[:,S] H[S,S]^-1: the least squares of the output's error, shrunk towards the
 * weights that are there. One Cholesky factor of H, in the layout's order, serves every prefix of
 * units; everything is in float64 whatever its size, so that a fit doesn't depend on memory, and is
 * rounded to float32 and then to what the decoder computes in. A layer that keeps all units keeps
 * its weights to the bit.
 *
 * <p>Fits are kept on their device by (layer, projection, units) within a budget, and computed
 * again where they were dropped; so are factors where those of all layers take at most half of it.
 */
public final class DenseOnceFits implements Fits, Prior, AutoCloseable {
  private final LlamaConfig config;
  private final GramSource grams;
  private final double damping;
  private final long cacheBytes;
  private final Map<Decoder, Device> devices = new HashMap<>();

  /** What belongs to one device. */
  private record Device(LeastSquares math, FitCache cache) implements AutoCloseable {
    @Override
    public void close() {
      cache.close();
      math.close();
    }
  }

  /**
   * Fits of a model.
   *
   * @param config of the model
   * @param damping in (0, 1]
   * @param cacheBytes of each device for what later runs may need again
   */
  public DenseOnceFits(LlamaConfig config, GramSource grams, double damping, long cacheBytes) {
    this.config = config;
    this.grams = grams;
    this.damping = damping;
    this.cacheBytes = cacheBytes;
  }

  /** What a fit's number depends on beside its matrices: part of keys. */
  public static String sourceSha256() {
    return LeastSquares.sourceSha256();
  }

  @Override
  public FittedLayer layer(
      Decoder decoder, int layer, LayerWeights weights, Kept kept, Parallel parallel) {
    UsedFits used = new UsedFits(weights);
    try {
      fit(decoder, layer, Projection.ATTENTION, kept.queryHeads(), used, parallel);
      fit(decoder, layer, Projection.MLP, kept.neurons(), used, parallel);
      return used;
    } catch (RuntimeException | Error e) {
      used.close();
      throw e;
    }
  }

  private void fit(
      Decoder decoder,
      int layer,
      Projection projection,
      SortedSet<Integer> kept,
      UsedFits used,
      Parallel parallel) {
    FitCache cache = device(decoder).cache();
    int all = projection.units(config.layers().get(layer));
    for (int units : kept.headSet(all)) {
      cache
          .find(new FitCache.Key(layer, projection, units))
          .ifPresent(use -> used.add(projection, units, use));
    }
    Integer[] missing =
        kept.headSet(all).stream()
            .filter(units -> !used.has(projection, units))
            .toArray(Integer[]::new);
    if (missing.length == 0) {
      return;
    }
    try (NDManager scratch = decoder.newManager();
        Factor factor = factor(decoder, scratch, layer, projection, used.unfitted())) {
      parallel.run(
          missing.length,
          i ->
              used.add(
                  projection,
                  missing[i],
                  computed(decoder, layer, projection, missing[i], factor, used.unfitted())));
    }
  }

  @Override
  public NDArray of(
      Decoder decoder,
      NDManager manager,
      int layer,
      LayerWeights weights,
      Projection projection,
      int kept) {
    try (NDManager scratch = decoder.newManager();
        Factor factor = factor(decoder, scratch, layer, projection, weights)) {
      return device(decoder)
          .math()
          .prefix(manager, factor.array(), projection.of(weights), kept * projection.width(config));
    }
  }

  @Override
  public long bytes(long inputs, long hidden) {
    return (2 * inputs * inputs + 4 * inputs * hidden) * Double.BYTES;
  }

  private FitCache.Use computed(
      Decoder decoder,
      int layer,
      Projection projection,
      int kept,
      Factor factor,
      LayerWeights weights) {
    Device device = device(decoder);
    LayerSize size = config.layers().get(layer);
    long rows = projection.rows(config, size, kept);
    NDManager owner = decoder.newManager();
    try (NDManager scratch = decoder.newManager()) {
      NDArray dense = projection.of(weights);
      NDArray fitted =
          device.math().prefix(scratch, factor.array(), dense, kept * projection.width(config));
      NDArray padded = device.math().padded(owner, fitted, rows, dense);
      return device
          .cache()
          .keep(
              new FitCache.Key(layer, projection, kept),
              owner,
              padded,
              rows * config.hiddenSize() * decoder.type().bytes());
    } catch (RuntimeException | Error e) {
      owner.close();
      throw e;
    }
  }

  /**
   * Keeps the fits of a plan, for every layer that loses units.
   *
   * @param model that these fits are of
   * @param listener told of every layer
   */
  public void write(
      LoadedModel model, PruningPlan plan, KeptLayers layers, ProgressListener listener) {
    model.requireFits(plan);
    int count = config.layers().size();
    listener.advanced(0, count);
    for (ModelPart part : model.parts()) {
      for (int layer = part.first(); layer < part.end(); layer++) {
        boolean whole =
            SequentialFit.keepsAll(config, plan, layer, Projection.ATTENTION)
                && SequentialFit.keepsAll(config, plan, layer, Projection.MLP);
        if (!whole && !layers.has(layer)) {
          write(part.decoder(), layer, part.layers().take(layer), plan, layers);
        }
        listener.advanced(layer + 1L, count);
      }
    }
  }

  private void write(
      Decoder decoder, int layer, LayerWeights weights, PruningPlan plan, KeptLayers layers) {
    try (NDManager host = NDManager.newBaseManager(ai.djl.Device.cpu(), Torch.ENGINE)) {
      Map<Projection, NDArray> fitted = new EnumMap<>(Projection.class);
      for (Projection projection : Projection.values()) {
        int kept = projection.kept(plan.layers().get(layer));
        if (SequentialFit.keepsAll(config, plan, layer, projection)) {
          continue;
        }
        try (NDManager scratch = decoder.newManager();
            Factor factor = factor(decoder, scratch, layer, projection, weights)) {
          LeastSquares math = device(decoder).math();
          int inputs = kept * projection.width(config);
          NDArray fit = math.prefix(scratch, factor.array(), projection.of(weights), inputs);
          fitted.put(projection, math.hosted(host, fit));
        }
      }
      layers.keep(layer, target -> FittedLayerFile.write(fitted, target));
    }
  }

  /** A Cholesky factor in use. */
  private interface Factor extends AutoCloseable {
    NDArray array();

    @Override
    void close();
  }

  private Factor factor(
      Decoder decoder, NDManager scratch, int layer, Projection projection, LayerWeights weights) {
    FitCache cache = device(decoder).cache();
    FitCache.Key key = FitCache.Key.factor(layer, projection);
    FitCache.Use known = cache.find(key).orElse(null);
    if (known != null) {
      return used(known);
    }
    if (allFactors() > cacheBytes / 2) {
      return passing(newFactor(decoder, scratch, layer, projection, weights));
    }
    NDManager owner = decoder.newManager();
    try {
      NDArray made = newFactor(decoder, owner, layer, projection, weights);
      return used(cache.keep(key, owner, made, made.size() * Double.BYTES));
    } catch (RuntimeException | Error e) {
      owner.close();
      throw e;
    }
  }

  private static Factor used(FitCache.Use use) {
    return new Factor() {
      @Override
      public NDArray array() {
        return use.array();
      }

      @Override
      public void close() {
        use.close();
      }
    };
  }

  private static Factor passing(NDArray array) {
    return new Factor() {
      @Override
      public NDArray array() {
        return array;
      }

      @Override
      public void close() {
        array.close();
      }
    };
  }

  private NDArray newFactor(
      Decoder decoder, NDManager manager, int layer, Projection projection, LayerWeights weights) {
    try (NDManager host = NDManager.newBaseManager(ai.djl.Device.cpu(), Torch.ENGINE)) {
      long[] order = projection.inputs(weights.layout(), config);
      return device(decoder)
          .math()
          .factor(
              manager, grams.read(host, layer, projection), order, damping, projection.of(weights));
    }
  }

  private long allFactors() {
    return config.layers().stream()
        .mapToLong(
            layer -> {
              long inputs = (long) layer.queryHeads() * config.headSize();
              return (inputs * inputs + (long) layer.neurons() * layer.neurons()) * Double.BYTES;
            })
        .sum();
  }

  @Override
  public long bytes(LoadedModel model, int layer, Kept kept, int threads) {
    LayerSize size = config.layers().get(layer);
    long hidden = config.hiddenSize();
    long fitted = 0;
    long work = 0;
    for (Projection projection : Projection.values()) {
      long inputs = (long) projection.units(size) * projection.width(config);
      SortedSet<Integer> some =
          (projection == Projection.ATTENTION ? kept.queryHeads() : kept.neurons())
              .headSet(projection.units(size));
      if (some.isEmpty()) {
        continue;
      }
      for (int units : some) {
        fitted += projection.rows(config, size, units) * hidden * model.type().bytes();
      }
      // The matrix and its factor; or the factor, and the others' weights, what they miss and the
      // change, beside a result in float32.
      long solving = inputs * inputs + 4L * threads * inputs * hidden;
      work = Math.max(work, Math.max(2 * inputs * inputs, solving) * Double.BYTES);
    }
    return fitted == 0 ? 0 : cacheBytes + fitted + work;
  }

  @Override
  public void releaseCaches() {
    synchronized (devices) {
      devices.values().forEach(device -> device.cache().clear());
    }
  }

  private Device device(Decoder decoder) {
    synchronized (devices) {
      return devices.computeIfAbsent(
          decoder,
          unused -> new Device(LeastSquares.on(decoder.device()), new FitCache(cacheBytes)));
    }
  }

  /** To be called before the model that it fitted is closed. */
  @Override
  public void close() {
    synchronized (devices) {
      Closing.all(List.copyOf(devices.values()));
      devices.clear();
    }
  }
}
