package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.gpu.activity.Evaluations.Task;
import dev.selfpruner.gpu.engine.Chunk;
import dev.selfpruner.gpu.engine.Engines;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.evaluate.LikelyTokens;
import dev.selfpruner.gpu.evaluate.LikelyTokensFile;
import dev.selfpruner.gpu.evaluate.LikelyTokensPass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the dense model predicts, by key: run once for the chunks of a text, and kept. */
final class DensePredictions {
  private final Stored stored;
  private final Path workDirectory;

  DensePredictions(Stored stored, Path workDirectory) {
    this.stored = stored;
    this.workDirectory = workDirectory;
  }

  private record Place(int firstWindow, int windows) {}

  private record Key(
      String model,
      String calibration,
      TextKey text,
      List<Place> chunks,
      int likeliest,
      String numericType,
      String engine) {
    IndexKey indexKey() {
      return new IndexKey("dense-predictions", Json.write(this));
    }
  }

  /** The file's place in the store: what the index leads to. */
  private record Entry(ArtifactRef predictions) {}

  List<LikelyTokens> findOrRun(
      Task task, TextKey text, List<Chunk> chunks, int likeliest, ProgressListener listener)
      throws IOException {
    IndexKey key = key(task, text, chunks, likeliest);
    Optional<Entry> known = stored.find(key, Entry.class);
    Entry entry =
        known.isPresent()
            ? known.get()
            : stored.index(key, new Entry(run(task, chunks, likeliest, listener)), Entry.class);
    return LikelyTokensFile.read(
        stored.store().file(entry.predictions(), workDirectory.resolve("predictions")));
  }

  private ArtifactRef run(Task task, List<Chunk> chunks, int likeliest, ProgressListener listener)
      throws IOException {
    Engines engines = task.model().engines(task.calibration().key(), task.order());
    List<LikelyTokens> predictions = new ArrayList<>();
    engines.run(
        List.of(engines.model().dense()),
        chunks,
        new LikelyTokensPass(Math.min(likeliest, engines.model().config().vocabularySize())),
        listener,
        (plan, tokens) -> predictions.addAll(tokens));
    Files.createDirectories(workDirectory);
    Path folder = Files.createTempDirectory(workDirectory, "predictions");
    Path file = folder.resolve("predictions.safetensors");
    try {
      LikelyTokensFile.write(predictions, file);
      return stored.store().put(file);
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }

  private static IndexKey key(Task task, TextKey text, List<Chunk> chunks, int likeliest) {
    return new Key(
            task.model().directory().sha256(),
            task.calibration().key(),
            text,
            chunks.stream()
                .map(chunk -> new Place(chunk.firstWindow(), chunk.windows().size()))
                .toList(),
            likeliest,
            task.model().numericType().name(),
            task.model().engine())
        .indexKey();
  }
}
