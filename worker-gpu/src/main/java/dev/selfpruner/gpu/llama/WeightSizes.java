package dev.selfpruner.gpu.llama;

import ai.djl.Device;
import dev.selfpruner.gpu.model.LlamaConfig;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Bytes that a part of a model takes on a device.
 *
 * @param tables embedding, output head and final norm
 * @param layers all of the part's layers
 * @param largestLayer one of them
 */
record WeightSizes(long tables, long layers, long largestLayer) {
  /** What the weights leave to hidden states and to what is computed of them, at least. */
  private static final double SHARE_FOR_STATES = 0.25;

  static WeightSizes of(HostWeights weights, Device device, int first, int end) {
    if (NumericType.isCpu(device)) {
      return new WeightSizes(0, 0, 0); // the host's own pages
    }
    LlamaConfig config = weights.config();
    long bytes = weights.type().bytes();
    long table = (long) config.vocabularySize() * config.hiddenSize() * bytes;
    long[] layers =
        IntStream.range(first, end)
            .mapToLong(layer -> LayerBlock.of(config, layer).elements() * bytes)
            .toArray();
    return new WeightSizes(
        config.tiedEmbeddings() ? table : 2 * table,
        Arrays.stream(layers).sum(),
        Arrays.stream(layers).max().orElseThrow());
  }

  long resident() {
    return tables + layers;
  }

  long streamed() {
    return tables + 2 * largestLayer;
  }

  /**
   * Whether all layers stay on the device.
   *
   * @throws IllegalArgumentException if not even two layers fit
   */
  boolean fitResident(long memory) {
    double room = memory * (1 - SHARE_FOR_STATES);
    if (streamed() > room && resident() > room) {
      throw new IllegalArgumentException(
          "%,d MiB of device memory don't hold this model: its tables and two layers take %,d MiB, and a quarter stays for hidden states - give --device-memory %,dMiB or more, or more devices"
              .formatted(
                  memory >> 20,
                  streamed() >> 20,
                  (long) (streamed() / (1 - SHARE_FOR_STATES)) / (1 << 20) + 1));
    }
    return resident() <= room;
  }
}
