package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.LayerStatistics;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.calibrate.Calibrated;
import dev.selfpruner.gpu.calibrate.Calibrator;
import dev.selfpruner.gpu.calibrate.Importance;
import dev.selfpruner.gpu.calibrate.ImportanceFile;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.Placement;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Calibrations by key: found if they were ever finished, run and stored if not. */
final class Calibrations {
  /** Importance of a unit: Wanda's, summed over the columns that go with it (FLAP, Wanda-sp). */
  static final String METRIC = "wanda-sp";

  private final Stored stored;
  private final Path workDirectory;
  private final ComputeOptions options;

  Calibrations(Stored stored, Path workDirectory, ComputeOptions options) {
    this.stored = stored;
    this.workDirectory = workDirectory;
    this.options = options;
  }

  Calibration findOrRun(OpenModel model, TextWindows wanted, ProgressListener listener)
      throws IOException {
    Texts.TokenizedText text = model.texts().read(Path.of(wanted.path()), wanted.beginOfSequence());
    TokenWindows windows = TokenWindows.cut(text.ids(), wanted);
    CalibrationKey key = key(model, wanted, text, windows);
    IndexKey indexKey = key.indexKey();
    Optional<Calibration> known = stored.find(indexKey, Calibration.class);
    if (known.isPresent() && hasStatistics(known.get())) {
      return known.get();
    }
    Calibrated measured = measure(model, wanted, windows, listener);
    LayerStatistics unused =
        stored.index(
            LayerStatistics.indexKey(key.digest()), measured.statistics(), LayerStatistics.class);
    if (known.isPresent()) { // from before there were statistics
      return known.get();
    }
    Importance importance = measured.importance();
    Calibration calibration =
        new Calibration(
            key.digest(),
            model.directory().sha256(),
            stored.put(importance.order().prunable(model.directory().config())),
            stored.putFile(workDirectory, target -> ImportanceFile.write(importance, target)),
            model.directory().parameters(),
            model.directory().config().layers().size());
    return stored.index(indexKey, calibration, Calibration.class);
  }

  private boolean hasStatistics(Calibration calibration) throws IOException {
    return stored.store().find(LayerStatistics.indexKey(calibration.key())).isPresent();
  }

  private Calibrated measure(
      OpenModel model, TextWindows wanted, TokenWindows windows, ProgressListener listener) {
    Placement placement = options.first();
    try (LoadedModel dense = model.loadAsStored();
        TorchThreads threads = options.threads(placement)) {
      return new Calibrator(threads, placement.memory())
          .measure(dense, windows, options.windowsPerChunk(wanted.sequenceLength()), listener);
    }
  }

  /** The order of removal that follows from a calibration's importance. */
  UnitOrder order(Calibration calibration) {
    try {
      Path file = newFile();
      try {
        stored.store().copyTo(calibration.importance(), file);
        return ImportanceFile.read(file).order();
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the importance of units", e);
    }
  }

  private Path newFile() throws IOException {
    Files.createDirectories(workDirectory);
    Path file = Files.createTempFile(workDirectory, "importance", ".safetensors");
    Files.delete(file); // only the name: writers create their target
    return file;
  }

  private static CalibrationKey key(
      OpenModel model, TextWindows wanted, Texts.TokenizedText text, TokenWindows windows) {
    return new CalibrationKey(
        model.directory().sha256(),
        METRIC,
        TextKey.of(model, text, wanted),
        wanted.firstWindow(),
        windows.count(),
        model.numericType().name(),
        model.engine());
  }
}
