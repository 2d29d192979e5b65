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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the dense model predicts, by key: run once for the chunks of a text, and kept. */
final class DensePredictions {
  private final KeptFiles files;
  private final LocalCopies copies;

  DensePredictions(Stored stored, LocalCopies copies, Path workDirectory) {
    this.files = new KeptFiles(stored, copies, workDirectory);
    this.copies = copies;
  }

  private record Key(
      String model,
      String calibration,
      TextKey text,
      List<Chunk.Span> chunks,
      int likeliest,
      String numericType,
      String engine) {
    IndexKey indexKey() {
      return new IndexKey("dense-predictions", Json.write(this));
    }
  }

  List<LikelyTokens> findOrRun(
      Task task, TextKey text, List<Chunk> chunks, int likeliest, ProgressListener listener)
      throws IOException {
    IndexKey key = key(task, text, chunks, likeliest);
    ArtifactRef predictions =
        files.findOrMake(
            key, target -> LikelyTokensFile.write(run(task, chunks, likeliest, listener), target));
    try (LocalCopies.Use file = copies.open("predictions", predictions)) {
      return LikelyTokensFile.read(file.path());
    }
  }

  private static List<LikelyTokens> run(
      Task task, List<Chunk> chunks, int likeliest, ProgressListener listener) {
    Engines engines = task.model().engines(task.calibration().key(), task.order());
    task.model().closeFits(); // the memory is this run's
    List<LikelyTokens> predictions = new ArrayList<>();
    engines.run(
        List.of(engines.model().dense()),
        chunks,
        new LikelyTokensPass(Math.min(likeliest, engines.model().config().vocabularySize())),
        listener,
        (plan, tokens) -> predictions.addAll(tokens));
    return predictions;
  }

  private static IndexKey key(Task task, TextKey text, List<Chunk> chunks, int likeliest) {
    return new Key(
            task.model().directory().sha256(),
            task.calibration().key(),
            text,
            chunks.stream().map(Chunk::span).toList(),
            likeliest,
            task.model().numericType().name(),
            task.model().engine())
        .indexKey();
  }
}
