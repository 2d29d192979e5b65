package dev.selfpruner.gpu.llama;

import ai.djl.Device;
import dev.selfpruner.gpu.torch.Closing;
import java.util.List;

/**
 * Consecutive layers of a model on one device.
 *
 * @param first the first of them
 * @param end the one after the last
 * @param resident whether all their weights are on the device, and not streamed to it
 * @param bytes device memory that the weights and tables take
 */
public record ModelPart(
    Decoder decoder, LayerSource layers, int first, int end, boolean resident, long bytes)
    implements AutoCloseable {

  /** Loads as many layers as the memory holds at a time. */
  static ModelPart load(HostWeights weights, Device device, int first, int end, long memory) {
    Decoder decoder = Decoder.on(device, weights);
    try {
      WeightSizes sizes = WeightSizes.of(weights, device, first, end);
      boolean resident = sizes.fitResident(memory);
      LayerSource layers =
          resident
              ? ResidentLayers.load(decoder, weights, first, end)
              : new StreamedLayers(decoder, weights, first, end);
      return new ModelPart(
          decoder, layers, first, end, resident, resident ? sizes.resident() : sizes.streamed());
    } catch (RuntimeException | OutOfMemoryError e) {
      decoder.close();
      throw e;
    }
  }

  @Override
  public void close() {
    Closing.all(List.of(layers, decoder));
  }
}
