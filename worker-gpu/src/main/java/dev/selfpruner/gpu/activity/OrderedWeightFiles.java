package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.gpu.llama.HostWeights;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.UnitOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Weights in importance order by key: a file made once, kept in the store, mapped by workers. */
final class OrderedWeightFiles {
  private final Stored stored;
  private final Path workDirectory;

  OrderedWeightFiles(Stored stored, Path workDirectory) {
    this.stored = stored;
    this.workDirectory = workDirectory;
  }

  private record Key(String model, String calibration, String numericType, int layout) {
    IndexKey indexKey() {
      return new IndexKey("ordered-weights", Json.write(this));
    }
  }

  /** The file's place in the store: what the index leads to. */
  private record Entry(ArtifactRef weights) {}

  HostWeights open(ModelDirectory model, String calibration, UnitOrder order, NumericType type) {
    try {
      IndexKey key =
          new Key(model.sha256(), calibration, type.name(), LoadedModel.LAYOUT).indexKey();
      Optional<Entry> known = stored.find(key, Entry.class);
      Entry entry =
          known.isPresent()
              ? known.get()
              : stored.index(key, new Entry(write(model, order, type)), Entry.class);
      Path file = stored.store().file(entry.weights(), workDirectory.resolve("weights"));
      return LoadedModel.open(file, model.config(), order, type);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the weights in importance order", e);
    }
  }

  private ArtifactRef write(ModelDirectory model, UnitOrder order, NumericType type)
      throws IOException {
    Files.createDirectories(workDirectory);
    Path folder = Files.createTempDirectory(workDirectory, "weights");
    Path file = folder.resolve("weights.safetensors");
    try {
      LoadedModel.write(model, order, type, file);
      return stored.store().put(file);
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }
}
