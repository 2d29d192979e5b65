package dev.selfpruner.gpu.llama;

import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.stream.IntStream;

/** All layers' weights, on the device for as long as the model is. */
final class ResidentLayers implements LayerSource {
  private final NDManager owner;
  private final int first;
  private final List<LayerWeights> layers;

  private ResidentLayers(NDManager owner, int first, List<LayerWeights> layers) {
    this.owner = owner;
    this.first = first;
    this.layers = layers;
  }

  /** Layers {@code first} to {@code end - 1}: the host's own arrays on a CPU, else copies. */
  static ResidentLayers load(Decoder decoder, HostWeights weights, int first, int end) {
    NDManager owner = decoder.newManager();
    try (Uploader uploader = new Uploader(decoder, weights)) {
      return new ResidentLayers(
          owner,
          first,
          IntStream.range(first, end)
              .mapToObj(
                  layer ->
                      NumericType.isCpu(decoder.device())
                          ? LayerWeights.ofHost(owner, weights, layer)
                          : uploader.load(
                              owner,
                              layer,
                              decoder.room(
                                  owner, LayerBlock.of(weights.config(), layer).elements())))
              .toList());
    } catch (RuntimeException | OutOfMemoryError e) {
      owner.close();
      throw e;
    }
  }

  @Override
  public LayerWeights take(int layer) {
    return layers.get(layer - first);
  }

  @Override
  public void close() {
    owner.close();
  }
}
