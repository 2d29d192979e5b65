package dev.selfpruner.gpu.llama;

import ai.djl.Device;
import java.util.List;

/** Models whose weights are streamed on a CPU, where {@link ModelPart#load} has no need to. */
public final class StreamedModels {
  private StreamedModels() {}

  /** A model of one part; closing it closes the weights. */
  public static LoadedModel load(HostWeights weights) {
    int layers = weights.config().layers().size();
    Decoder decoder = Decoder.on(Device.cpu(), weights);
    LayerSource streamed = new StreamedLayers(decoder, weights, 0, layers);
    return new LoadedModel(weights, List.of(new ModelPart(decoder, streamed, 0, layers, false, 0)));
  }
}
