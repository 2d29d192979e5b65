package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.search.Calibration;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.engine.Chunk;
import dev.selfpruner.gpu.engine.Chunks;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.Engines;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.reconstruct.DenseOnceFits;
import dev.selfpruner.gpu.text.TokenWindows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

@EnabledIfEnvironmentVariable(
    named = "SELFPRUNER_SHARED",
    matches = ".+",
    disabledReason = "stories260k lies in the shared folder")
class DensePredictionsTest {
  private static final ComputeOptions OPTIONS = ComputeOptions.of(Device.cpu());

  @TempDir private Path folder;

  @Test
  void fitsThatWereKeptGiveTheirMemoryBackToTheRun() throws IOException {
    Path shared = Path.of(System.getenv("SELFPRUNER_SHARED"));
    Path directory = shared.resolve("models/stories260k");
    String valid = shared.resolve("data/wikitext2/wiki.valid.raw").toString();
    TextWindows wanted = new TextWindows(valid, 256, 0, 4, false);
    try (ArtifactStore store = ArtifactStores.directory(folder.resolve("store"))) {
      Stored stored = new Stored(store);
      LocalCopies copies = new LocalCopies(store, folder, Long.MAX_VALUE);
      Calibrations calibrations = new Calibrations(stored, copies, folder, OPTIONS, Long.MAX_VALUE);
      OrderedWeightFiles weights = new OrderedWeightFiles(stored, copies, folder);
      try (OpenModel model = OpenModel.open(directory, OPTIONS, weights, Locations.ANYWHERE)) {
        Calibration calibration =
            calibrations.findOrRun(
                model,
                new CalibrationRequest(directory.toString(), wanted),
                part -> ProgressListener.SILENT);
        Evaluations.Task task =
            new Evaluations.Task(
                model,
                calibration,
                () -> calibrations.order(calibration),
                wanted,
                new Objective.Divergence(8),
                Compensated.NONE);
        Engines engines = model.engines(calibration.key(), task.order());
        AtomicInteger made = new AtomicInteger();
        keepFits(model, engines, made);
        keepFits(model, engines, made);
        assertThat(made).as("kept").hasValue(1);
        Texts.TokenizedText text = model.text(wanted);
        TextKey key = TextKey.of(model, text, wanted);
        List<Chunk> chunks = Chunks.of(TokenWindows.cut(text.ids(), wanted), key.windowsInChunk());
        DensePredictions predictions = new DensePredictions(stored, copies, folder);

        assertThat(predictions.findOrRun(task, key, chunks, 8, ProgressListener.SILENT))
            .hasSameSizeAs(chunks);

        keepFits(model, engines, made);
        assertThat(made).as("closed by the run, and made again").hasValue(2);
        predictions.findOrRun(task, key, chunks, 8, ProgressListener.SILENT);
        keepFits(model, engines, made);
        assertThat(made).as("nothing ran").hasValue(2);
      }
    }
  }

  private static void keepFits(OpenModel model, Engines engines, AtomicInteger made) {
    DenseOnceFits unused =
        model.fits(
            "fits",
            bytes -> {
              made.incrementAndGet();
              return new DenseOnceFits(
                  engines.model().config(),
                  (manager, layer, projection) -> {
                    throw new AssertionError("nothing is fitted here");
                  },
                  3e-4,
                  bytes);
            });
  }
}
