package dev.selfpruner.gpu.reconstruct;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.engine.Fits;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LayerWeights;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.torch.Closing;
import dev.selfpruner.gpu.torch.Torch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Projections that were fitted for one plan: the only one that runs with them. */
public final class PlanFits implements Fits, AutoCloseable {
  private final PruningPlan plan;
  private final FittedLayers layers;
  private final Map<Device, LeastSquares> devices = new HashMap<>();

  public PlanFits(PruningPlan plan, FittedLayers layers) {
    this.plan = plan;
    this.layers = layers;
  }

  @Override
  public FittedLayer layer(
      Decoder decoder, int layer, LayerWeights weights, Kept kept, Parallel parallel) {
    LayerPlan own = plan.layers().get(layer);
    if (!kept.queryHeads().equals(Set.of(own.queryHeads()))
        || !kept.neurons().equals(Set.of(own.neurons()))) {
      throw new IllegalArgumentException(
          "layer %d was fitted for %s, and runs with %s".formatted(layer, own, kept));
    }
    NDManager owner = decoder.newManager();
    try {
      Optional<FittedLayerFile> file = layers.open(layer);
      LayerWeights fitted =
          file.isEmpty() ? weights : replaced(owner, decoder, layer, weights, file.get());
      return new Owned(owner, fitted);
    } catch (RuntimeException | Error e) {
      owner.close();
      throw e;
    }
  }

  private LayerWeights replaced(
      NDManager owner, Decoder decoder, int layer, LayerWeights weights, FittedLayerFile file) {
    LayerSize size = decoder.config().layers().get(layer);
    LayerWeights result = weights;
    try (file;
        NDManager host = NDManager.newBaseManager(Device.cpu(), Torch.ENGINE)) {
      for (Projection projection : Projection.values()) {
        Optional<NDArray> fitted = file.read(host, projection);
        if (fitted.isPresent()) {
          long rows =
              projection.rows(decoder.config(), size, projection.kept(plan.layers().get(layer)));
          result =
              projection.replaced(
                  result,
                  math(decoder.device()).padded(owner, fitted.get(), rows, projection.of(weights)));
        }
      }
      return result;
    }
  }

  private record Owned(NDManager owner, LayerWeights weights) implements FittedLayer {
    @Override
    public LayerWeights attention(int queryHeads) {
      return weights;
    }

    @Override
    public LayerWeights mlp(int neurons) {
      return weights;
    }

    @Override
    public void close() {
      owner.close();
    }
  }

  @Override
  public long bytes(LoadedModel model, int layer, Kept kept, int threads) {
    long rows = 0;
    for (Projection projection : Projection.values()) {
      rows +=
          projection.rows(
              model.config(),
              model.config().layers().get(layer),
              projection.kept(plan.layers().get(layer)));
    }
    return rows * model.config().hiddenSize() * (model.type().bytes() + (long) Float.BYTES);
  }

  @Override
  public void releaseCaches() {}

  private LeastSquares math(Device device) {
    synchronized (devices) {
      return devices.computeIfAbsent(device, LeastSquares::on);
    }
  }

  @Override
  public void close() {
    synchronized (devices) {
      Closing.all(List.copyOf(devices.values()));
      devices.clear();
    }
  }
}
