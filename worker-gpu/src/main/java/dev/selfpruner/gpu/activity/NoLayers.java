package dev.selfpruner.gpu.activity;

import dev.selfpruner.gpu.reconstruct.FittedLayerFile;
import dev.selfpruner.gpu.reconstruct.FittedLayers;
import java.util.Optional;

/** No layer is fitted. */
record NoLayers() implements FittedLayers {
  @Override
  public boolean has(int layer) {
    return false;
  }

  @Override
  public Optional<FittedLayerFile> open(int layer) {
    return Optional.empty();
  }
}
