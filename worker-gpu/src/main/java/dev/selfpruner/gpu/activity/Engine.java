package dev.selfpruner.gpu.activity;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.torch.Torch;

/** What computes, as keys name it: a new library or decoder moves the last bits of a number. */
final class Engine {
  private Engine() {}

  static String description(ComputeOptions options) {
    Device device = options.devices().get(0);
    return "%s %s on %s, decoder %s, layout %d"
        .formatted(
            Torch.ENGINE,
            Torch.version(),
            device.isGpu() ? "cuda " + CudaUtils.getComputeCapability(device.getDeviceId()) : "cpu",
            Decoder.sourceSha256().substring(0, 16),
            LoadedModel.LAYOUT);
  }
}
