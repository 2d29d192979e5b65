package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.gpu.reconstruct.FittedLayerFile;
import dev.selfpruner.gpu.reconstruct.KeptLayers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/** Fitted layers in the store: what was finished is found by whoever goes on. */
final class StoredLayers implements KeptLayers {
  private final KeptFiles files;
  private final LocalCopies copies;
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

  StoredLayers(Stored stored, LocalCopies copies, Path workDirectory, Key key) {
    this.files = new KeptFiles(stored, copies, workDirectory);
    this.copies = copies;
    this.key = key;
  }

  @Override
  public boolean has(int layer) {
    return find(layer).isPresent();
  }

  @Override
  public Optional<FittedLayerFile> open(int layer) {
    Optional<ArtifactRef> known = find(layer);
    try {
      if (known.isEmpty()) {
        return Optional.empty();
      }
      LocalCopies.Use use = copies.open("fitted", known.get());
      return Optional.of(FittedLayerFile.open(use.path(), use));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the fitted layer " + layer, e);
    }
  }

  private Optional<ArtifactRef> find(int layer) {
    try {
      return files.find(key.layer(layer));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look for the fitted layer " + layer, e);
    }
  }

  @Override
  public void keep(int layer, Writer writer) {
    try {
      ArtifactRef unused = files.findOrMake(key.layer(layer), writer::write);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the fitted layer " + layer, e);
    }
  }
}
