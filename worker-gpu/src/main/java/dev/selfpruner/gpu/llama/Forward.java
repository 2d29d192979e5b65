package dev.selfpruner.gpu.llama;

import static dev.selfpruner.gpu.torch.TorchArgument.real;
import static dev.selfpruner.gpu.torch.TorchArgument.tensor;
import static dev.selfpruner.gpu.torch.TorchArgument.tensors;
import static dev.selfpruner.gpu.torch.TorchArgument.whole;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.torch.TorchArgument;
import java.util.Arrays;
import java.util.List;

/**
 * A pruned model's steps over windows of one length, one layer at a time. Threads may share it,
 * each with a manager of its own from {@link #newManager()}, which owns what the steps return.
 */
public final class Forward implements AutoCloseable {
  /** Logits that exist at a time on a CPU: 8 MiB stay in its cache. */
  private static final int CPU_LOGITS = 1 << 21;

  /** Logits that exist at a time elsewhere: enough to fill a GPU. */
  private static final int DEVICE_LOGITS = 1 << 25;

  private final LoadedModel model;
  private final LlamaConfig config;
  private final PruningPlan plan;
  private final NDManager owner;
  private final List<NDArray> rotary;

  Forward(LoadedModel model, PruningPlan plan, int sequenceLength) {
    this.model = model;
    this.config = model.config();
    this.plan = plan;
    this.owner = model.newManager();
    this.rotary = rotary(sequenceLength);
  }

  public NDManager newManager() {
    return model.newManager();
  }

  public int layers() {
    return plan.layers().size();
  }

  /** Token ids as {@code [windows, sequence]}. */
  public NDArray tokens(NDManager manager, List<int[]> windows) {
    int length = windows.get(0).length;
    long[] ids = windows.stream().flatMapToInt(Arrays::stream).asLongStream().toArray();
    return manager.create(ids, new Shape(windows.size(), length));
  }

  /** {@code [windows, sequence] -> [windows, sequence, hidden]}. */
  public NDArray embed(NDManager manager, NDArray tokens) {
    return one(manager, "embed", tensor(tokens), tensor(model.embedding()));
  }

  /** One decoder layer: {@code [windows, sequence, hidden]} to the same shape. */
  public NDArray layer(NDManager manager, int layer, NDArray hidden) {
    return layer(manager, "layer", layer, hidden).singletonOrThrow();
  }

  /** One whole decoder layer, whatever the plan keeps of it, observed. */
  public LayerObservation observedLayer(NDManager manager, int layer, NDArray hidden) {
    NDList results = layer(manager, "observed_layer", layer, hidden);
    try (NDArray heads = results.get(1);
        NDArray neurons = results.get(2)) {
      return new LayerObservation(
          results.get(0), new InputSquares(heads.toDoubleArray(), neurons.toDoubleArray()));
    }
  }

  /**
   * Sum over each window of the negative log likelihood, in nats, of every token but the first.
   *
   * @return {@code [windows]}, float64
   */
  public NDArray losses(NDManager manager, NDArray hidden, NDArray tokens) {
    return one(
        manager,
        "losses",
        tensor(hidden),
        tensor(tokens),
        tensor(model.finalNorm()),
        tensor(model.outputHead()),
        real(config.rmsNormEpsilon()),
        whole(Device.cpu().equals(model.device()) ? CPU_LOGITS : DEVICE_LOGITS));
  }

  /** Logits of {@code [windows, sequence, hidden]}: {@code [windows, sequence, vocabulary]}. */
  public NDArray logits(NDManager manager, NDArray hidden) {
    return one(
        manager,
        "logits",
        tensor(hidden),
        tensor(model.finalNorm()),
        tensor(model.outputHead()),
        real(config.rmsNormEpsilon()));
  }

  @Override
  public void close() {
    owner.close();
  }

  private NDList layer(NDManager manager, String method, int layer, NDArray hidden) {
    LayerWeights weights = model.layer(layer);
    LayerPlan kept = plan.layers().get(layer);
    return model
        .module()
        .call(
            manager,
            method,
            tensor(hidden),
            tensors(weights.arrays()),
            tensors(rotary),
            whole(kept.queryHeads()),
            whole(weights.layout().keyValueHeadsOf(kept.queryHeads())),
            whole(kept.neurons()),
            real(config.rmsNormEpsilon()));
  }

  private NDArray one(NDManager manager, String method, TorchArgument... arguments) {
    return model.module().call(manager, method, arguments).singletonOrThrow();
  }

  /** Cosines and sines {@code [sequence, 1, head]}; the first half of a head has negative sines. */
  private List<NDArray> rotary(int sequenceLength) {
    double[] frequencies = config.inverseFrequencies();
    int half = frequencies.length;
    float[] cosines = new float[sequenceLength * 2 * half];
    float[] sines = new float[cosines.length];
    for (int position = 0; position < sequenceLength; position++) {
      for (int i = 0; i < 2 * half; i++) {
        double angle = position * frequencies[i % half];
        cosines[position * 2 * half + i] = (float) Math.cos(angle);
        sines[position * 2 * half + i] = (float) (i < half ? -Math.sin(angle) : Math.sin(angle));
      }
    }
    Shape shape = new Shape(sequenceLength, 1, 2L * half);
    return List.of(table(cosines, shape), table(sines, shape));
  }

  private NDArray table(float[] values, Shape shape) {
    return owner.create(values, shape).toType(model.type().dataType(), false);
  }
}
