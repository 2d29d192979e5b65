package dev.selfpruner.gpu.activity;

import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.torch.Torch;

/** What computes, as keys name it: a new library or decoder moves the last bits of a number. */
final class Engine {
  private Engine() {}

  static String description(ComputeOptions options) {
    boolean cpu = options.first().onCpu();
    return "%s %s on %s, decoder %s"
        .formatted(
            Torch.ENGINE,
            Torch.version(),
            cpu ? "cpu" : "cuda",
            Decoder.sourceSha256().substring(0, 16));
  }
}
