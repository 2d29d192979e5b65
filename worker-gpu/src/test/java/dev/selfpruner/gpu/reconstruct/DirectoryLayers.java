package dev.selfpruner.gpu.reconstruct;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Fitted layers as files of a folder. */
record DirectoryLayers(Path folder) implements KeptLayers {
  @Override
  public boolean has(int layer) {
    return Files.exists(path(layer));
  }

  @Override
  public Optional<FittedLayerFile> open(int layer) {
    return has(layer) ? Optional.of(FittedLayerFile.open(path(layer))) : Optional.empty();
  }

  @Override
  public void keep(int layer, Writer writer) {
    try {
      Files.createDirectories(folder);
      writer.write(path(layer));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path path(int layer) {
    return folder.resolve("layer-" + layer);
  }
}
