package dev.selfpruner.infra.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.plan.Exports;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.ModelFiles;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.PrunedSizes;
import dev.selfpruner.gpu.model.UnitOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a pruned model in the store has left.
 *
 * @param plan that it is of
 * @param dense units of a layer of the model that it was
 * @param exports that can hold it
 */
public record PrunedShape(PruningPlan plan, LayerPlan dense, Exports exports) {

  /** Something that is read from a file. */
  private interface Reader<T> {
    T read(Path file) throws IOException;
  }

  /** Reads what a stored model says of its layers. */
  public static PrunedShape read(ArtifactStore store, PrunedModel model) throws IOException {
    ModelFiles files = Json.readStored(store.read(model.files()), ModelFiles.class);
    byte[] config = store.read(files.files().get(ModelDirectory.CONFIG));
    LlamaConfig written = copied(config, LlamaConfig::read);
    LlamaConfig left =
        switch (model.format()) {
          case COMPACT -> written;
          case PADDED ->
              copied(
                  store.read(files.files().get(PrunedSizes.FILE)),
                  file -> PrunedSizes.of(file, written));
        };
    return of(left, Json.mapper().readTree(config));
  }

  private static <T> T copied(byte[] content, Reader<T> reader) throws IOException {
    Path copy = Files.createTempFile("selfpruner-", ".json");
    try {
      Files.write(copy, content);
      return reader.read(copy);
    } finally {
      Files.delete(copy);
    }
  }

  /** A pruned model's configuration keeps what its layers were. */
  private static PrunedShape of(LlamaConfig config, JsonNode written) {
    PrunableModel left = UnitOrder.asStored(config).prunable(config);
    PruningPlan plan = left.dense();
    int heads = plan.layers().stream().mapToInt(LayerPlan::queryHeads).max().orElseThrow();
    int neurons = plan.layers().stream().mapToInt(LayerPlan::neurons).max().orElseThrow();
    LayerPlan dense =
        new LayerPlan(
            Math.max(heads, written.path("num_attention_heads").asInt()),
            Math.max(neurons, written.path("intermediate_size").asInt()));
    return new PrunedShape(plan, dense, Exports.of(left, plan));
  }
}
