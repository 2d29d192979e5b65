package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.gpu.engine.Engines;
import dev.selfpruner.gpu.reconstruct.DenseOnceFits;
import dev.selfpruner.gpu.reconstruct.GramFile;
import dev.selfpruner.gpu.reconstruct.GramIndex;
import dev.selfpruner.gpu.reconstruct.GramSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Dense-once fits from the Gram matrices of a calibration. */
final class Compensations {
  private final Stored stored;
  private final LocalCopies copies;

  Compensations(Stored stored, LocalCopies copies) {
    this.stored = stored;
    this.copies = copies;
  }

  /**
   * Fits from one calibration's Gram matrices.
   *
   * @param key names them
   * @param kept gives the fits of a model that is loaded, which keeps them
   * @param passing gives fits that keep nothing on the device, for the caller to close
   */
  record DenseOnce(
      String key, Function<Engines, DenseOnceFits> kept, Function<Engines, DenseOnceFits> passing) {
    DenseOnceFits fits(Engines engines) {
      return kept.apply(engines);
    }
  }

  /**
   * What makes up for removed units in evaluations.
   *
   * @throws IllegalArgumentException if the calibration has no Gram matrices that it needs
   */
  Compensated of(OpenModel model, Calibration calibration, Compensation wanted) throws IOException {
    return denseOnce(model, calibration, wanted)
        .map(fits -> new Compensated(fits.key(), fits::fits))
        .orElse(Compensated.NONE);
  }

  /** As {@link #of}; empty where nothing makes up for them. */
  Optional<DenseOnce> denseOnce(OpenModel model, Calibration calibration, Compensation wanted)
      throws IOException {
    if (wanted instanceof Compensation.LeastSquares leastSquares) {
      GramIndex grams = grams(calibration);
      String key = key(leastSquares, grams);
      return Optional.of(
          new DenseOnce(
              key,
              engines ->
                  model.fits(key, bytes -> fits(engines, grams, leastSquares.damping(), bytes)),
              engines -> fits(engines, grams, leastSquares.damping(), 0)));
    }
    return Optional.empty();
  }

  private DenseOnceFits fits(Engines engines, GramIndex grams, double damping, long cacheBytes) {
    return new DenseOnceFits(engines.model().config(), source(grams), damping, cacheBytes);
  }

  private GramIndex grams(Calibration calibration) throws IOException {
    if (calibration.gram().isEmpty()) {
      throw new IllegalArgumentException(
          "a least-squares fit needs the calibration's Gram matrices, and this calibration kept none: calibrate with them (gram), or ask for no compensation");
    }
    GramIndex grams = stored.read(calibration.gram().get(0), GramIndex.class);
    if (grams.layers().size() != calibration.layers()) {
      throw new IllegalArgumentException(
          "the calibration has Gram matrices of %d layers, and the model %d: calibrate again"
              .formatted(grams.layers().size(), calibration.layers()));
    }
    return grams;
  }

  /** Names contents, not places: a store that was moved has the same keys. */
  private static String key(Compensation.LeastSquares wanted, GramIndex grams) {
    String matrices =
        Digests.sha256(
            grams.layers().stream().map(ArtifactRef::sha256).collect(Collectors.joining(",")));
    return "least squares, damping %s, gram %s, code %s"
        .formatted(wanted.damping(), matrices, DenseOnceFits.sourceSha256().substring(0, 16));
  }

  private GramSource source(GramIndex grams) {
    return (manager, layer, projection) -> {
      try (LocalCopies.Use file = copies.open("gram", grams.layers().get(layer))) {
        return GramFile.read(manager, file.path(), projection.tensorName());
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the Gram matrices of layer " + layer, e);
      }
    };
  }
}
