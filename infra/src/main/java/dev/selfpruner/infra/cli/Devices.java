package dev.selfpruner.infra.cli;

import ai.djl.Device;
import ai.djl.engine.Engine;
import dev.selfpruner.gpu.torch.Torch;

/** What computes. */
final class Devices {
  private Devices() {}

  /** The first GPU, where the native library and the machine have one, else the CPU. */
  static Device fastest() {
    return Engine.getEngine(Torch.ENGINE).defaultDevice();
  }
}
