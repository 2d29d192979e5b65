package dev.selfpruner.gpu.reconstruct;

import java.io.IOException;
import java.nio.file.Path;

/** Where the layers of one fit are kept as soon as they are finished, and found again. */
public interface KeptLayers extends FittedLayers {
  /** Makes a file that is not there yet. */
  @FunctionalInterface
  interface Writer {
    void write(Path target) throws IOException;
  }

  /** Keeps a finished layer, durably. */
  void keep(int layer, Writer writer);
}
