package dev.selfpruner.gpu.activity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.llama.HostWeights;
import dev.selfpruner.gpu.llama.LayerLayout;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.torch.Closing;
import java.util.List;

/** Weights mapped from a file that has to stay where it is until they are closed. */
record UsedWeights(HostWeights weights, LocalCopies.Use file) implements HostWeights {
  @Override
  public LlamaConfig config() {
    return weights.config();
  }

  @Override
  public NumericType type() {
    return weights.type();
  }

  @Override
  public LayerLayout layout(int layer) {
    return weights.layout(layer);
  }

  @Override
  public NDArray weight(NDManager manager, int layer, LayerWeight weight) {
    return weights.weight(manager, layer, weight);
  }

  @Override
  public NDArray embedding(NDManager manager) {
    return weights.embedding(manager);
  }

  @Override
  public NDArray finalNorm(NDManager manager) {
    return weights.finalNorm(manager);
  }

  @Override
  public NDArray outputHead(NDManager manager) {
    return weights.outputHead(manager);
  }

  @Override
  public void close() {
    Closing.all(List.of(weights, file));
  }
}
