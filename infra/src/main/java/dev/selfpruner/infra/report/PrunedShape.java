package dev.selfpruner.infra.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.plan.Exports;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.ModelFiles;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
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

  /** Reads the configuration of a stored model. */
  public static PrunedShape read(ArtifactStore store, PrunedModel model) throws IOException {
    ModelFiles files = Json.readStored(store.read(model.files()), ModelFiles.class);
    ArtifactRef config = files.files().get(ModelDirectory.CONFIG);
    Path copy = Files.createTempFile("selfpruner-", ".json");
    try {
      Files.write(copy, store.read(config));
      return of(LlamaConfig.read(copy), Json.mapper().readTree(Files.readString(copy)));
    } finally {
      Files.delete(copy);
    }
  }

  /** A pruned model's configuration says what its layers are, and keeps what they were. */
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
