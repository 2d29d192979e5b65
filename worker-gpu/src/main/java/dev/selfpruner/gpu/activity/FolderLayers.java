package dev.selfpruner.gpu.activity;

import dev.selfpruner.gpu.reconstruct.FittedLayerFile;
import dev.selfpruner.gpu.reconstruct.KeptLayers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Fitted layers in a folder, for as long as it is there. */
record FolderLayers(Path folder) implements KeptLayers {
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
      writer.write(path(layer));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the fitted layer " + layer, e);
    }
  }

  private Path path(int layer) {
    return folder.resolve("layer-" + layer + ".safetensors");
  }
}
