package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.gpu.reconstruct.FittedLayers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/** Fitted layers in the store: what was finished is found by whoever goes on. */
final class StoredLayers implements FittedLayers {
  private final Stored stored;
  private final Path workDirectory;
  private final Key key;

  /**
   * Everything that the layers of a fit depend on.
   *
   * @param model content address of the dense model
   * @param calibration key of the calibration whose order the units have
   * @param planSha256 digest of the units kept
   * @param compensation names the fit, its text and its damping
   * @param numericType what the forward passes compute in
   * @param engine name and version of what computes
   */
  record Key(
      String model,
      String calibration,
      String planSha256,
      String compensation,
      String numericType,
      String engine) {
    IndexKey layer(int number) {
      return new IndexKey("fitted-layer", Json.write(this) + " layer " + number);
    }
  }

  StoredLayers(Stored stored, Path workDirectory, Key key) {
    this.stored = stored;
    this.workDirectory = workDirectory;
    this.key = key;
  }

  @Override
  public Optional<Path> find(int layer) {
    try {
      Optional<ArtifactRef> known = stored.store().find(key.layer(layer));
      return known.isEmpty()
          ? Optional.empty()
          : Optional.of(stored.store().file(known.get(), workDirectory.resolve("fitted")));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the fitted layer " + layer, e);
    }
  }

  @Override
  public void keep(int layer, Writer writer) {
    try {
      ArtifactRef unused = stored.findOrPutFile(key.layer(layer), workDirectory, writer::write);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the fitted layer " + layer, e);
    }
  }
}
