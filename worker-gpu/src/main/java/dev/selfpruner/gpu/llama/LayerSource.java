package dev.selfpruner.gpu.llama;

/** Layers' weights on a device, in turn. Calls come from one thread. */
public interface LayerSource extends AutoCloseable {
  /** A layer's weights, valid until the next layer is taken. */
  LayerWeights take(int layer);

  @Override
  void close();
}
