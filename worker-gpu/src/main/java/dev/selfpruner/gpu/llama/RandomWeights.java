package dev.selfpruner.gpu.llama;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.LlamaConfig;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Weights of a shape, to measure its speed: random numbers of a trained model's size. Some layers
 * are made and repeat, so that a host holds any model.
 */
final class RandomWeights implements HostWeights {
  private static final double SCALE = 0.02;

  private final LlamaConfig config;
  private final NumericType type;
  private final HostArrays arrays = new HostArrays();
  private final NDManager owner = Decoder.hostManager();
  private final List<Map<LayerWeight, NDArray>> distinct = new ArrayList<>();
  private final NDArray table;
  private final NDArray norm;

  RandomWeights(LlamaConfig config, NumericType type, int distinctLayers) {
    this.config = config;
    this.type = type;
    for (int layer = 0; layer < Math.min(distinctLayers, config.layers().size()); layer++) {
      LayerBlock block = LayerBlock.of(config, layer);
      Map<LayerWeight, NDArray> weights = new EnumMap<>(LayerWeight.class);
      for (LayerWeight weight : LayerWeight.MATRICES) {
        LayerBlock.Part part = block.part(weight);
        weights.put(weight, random(part.rows(), part.columns()));
      }
      distinct.add(weights);
    }
    this.table = random(config.vocabularySize(), config.hiddenSize());
    this.norm = random(0, config.hiddenSize());
  }

  private NDArray random(long rows, long columns) {
    return arrays.random(
        owner, rows == 0 ? List.of(columns) : List.of(rows, columns), type, rows == 0 ? 1 : SCALE);
  }

  @Override
  public LlamaConfig config() {
    return config;
  }

  @Override
  public NumericType type() {
    return type;
  }

  @Override
  public LayerLayout layout(int layer) {
    return LayerLayout.stored(config.layers().get(layer));
  }

  @Override
  public NDArray weight(NDManager manager, int layer, LayerWeight weight) {
    return shared(manager, distinct.get(layer % distinct.size()).get(weight));
  }

  @Override
  public NDArray embedding(NDManager manager) {
    return shared(manager, table);
  }

  @Override
  public NDArray finalNorm(NDManager manager) {
    return shared(manager, norm);
  }

  @Override
  public NDArray outputHead(NDManager manager) {
    return shared(manager, table);
  }

  /** A view that the manager may close. */
  private NDArray shared(NDManager manager, NDArray array) {
    long[] shape = array.getShape().getShape();
    NDArray flat = arrays.flat(manager, array);
    return arrays.part(manager, flat, 0, shape.length == 1 ? 0 : shape[0], shape[shape.length - 1]);
  }

  @Override
  public void close() {
    owner.close();
    arrays.close();
  }
}
