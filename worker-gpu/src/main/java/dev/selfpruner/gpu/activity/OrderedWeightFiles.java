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
import java.nio.file.Path;

/** Weights in importance order by key: a file made once, kept in the store, mapped by workers. */
final class OrderedWeightFiles {
  private final KeptFiles files;
  private final LocalCopies copies;

  OrderedWeightFiles(Stored stored, LocalCopies copies, Path workDirectory) {
    this.files = new KeptFiles(stored, copies, workDirectory);
    this.copies = copies;
  }

  private record Key(String model, String calibration, String numericType, int layout) {
    IndexKey indexKey() {
      return new IndexKey("ordered-weights", Json.write(this));
    }
  }

  HostWeights open(ModelDirectory model, String calibration, UnitOrder order, NumericType type) {
    try {
      IndexKey key =
          new Key(model.sha256(), calibration, type.name(), LoadedModel.LAYOUT).indexKey();
      ArtifactRef weights =
          files.findOrMake(key, target -> LoadedModel.write(model, order, type, target));
      LocalCopies.Use file = copies.open("weights", weights);
      try {
        return new UsedWeights(LoadedModel.open(file.path(), model.config(), order, type), file);
      } catch (RuntimeException | IOException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the weights in importance order", e);
    }
  }
}
