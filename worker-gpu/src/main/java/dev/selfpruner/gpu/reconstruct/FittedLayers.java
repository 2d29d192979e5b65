package dev.selfpruner.gpu.reconstruct;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Where the layers of one fit are kept as soon as they are finished, and found again. */
public interface FittedLayers {
  /** Makes a file that is not there yet. */
  @FunctionalInterface
  interface Writer {
    void write(Path target) throws IOException;
  }

  /** A layer's {@link FittedLayerFile}, if the layer is finished. */
  Optional<Path> find(int layer);

  /** Keeps a finished layer, durably. */
  void keep(int layer, Writer writer);
}
