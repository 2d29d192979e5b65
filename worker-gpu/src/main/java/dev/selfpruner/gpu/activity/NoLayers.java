package dev.selfpruner.gpu.activity;

import dev.selfpruner.gpu.reconstruct.FittedLayers;
import java.nio.file.Path;
import java.util.Optional;

/** No layer is fitted. */
record NoLayers() implements FittedLayers {
  @Override
  public Optional<Path> find(int layer) {
    return Optional.empty();
  }

  @Override
  public void keep(int layer, Writer writer) {
    throw new UnsupportedOperationException("nothing is fitted here");
  }
}
