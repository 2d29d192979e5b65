package dev.selfpruner.gpu.engine;

import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LayerWeights;
import dev.selfpruner.gpu.llama.LoadedModel;

/** Weights as they are. */
final class NoFits implements Fits {
  private record AsItIs(LayerWeights weights) implements FittedLayer {
    @Override
    public LayerWeights attention(int queryHeads) {
      return weights;
    }

    @Override
    public LayerWeights mlp(int neurons) {
      return weights;
    }

    @Override
    public void close() {}
  }

  @Override
  public FittedLayer layer(
      Decoder decoder, int layer, LayerWeights weights, Kept kept, Parallel parallel) {
    return new AsItIs(weights);
  }

  @Override
  public long bytes(LoadedModel model, int layer, Kept kept, int threads) {
    return 0;
  }

  @Override
  public void releaseCaches() {}
}
