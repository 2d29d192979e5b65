package dev.selfpruner.gpu.export;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.ModelTensors;
import dev.selfpruner.gpu.model.PrunedSizes;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.safetensors.SafetensorsWriter;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import dev.selfpruner.gpu.safetensors.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Carries out a plan: writes a directory with what stays of a model. Weights are copied bit by bit,
 * in the type that they have, a few megabytes at a time.
 */
public final class PrunedModelWriter {
  /** Files beside configuration and weights that make up a model; those that exist are copied. */
  private static final List<String> COMPANIONS =
      List.of(
          ModelDirectory.TOKENIZER,
          "tokenizer_config.json",
          "special_tokens_map.json",
          "generation_config.json",
          "tokenizer.model",
          "chat_template.jinja");

  private static final String INDEX = "model.safetensors.index.json";
  private static final long LARGEST_SHARD = 5_000_000_000L;

  private final ModelDirectory dense;
  private final List<KeptLayer> kept;
  private final LlamaConfig compactConfig;
  private final long largestShard;

  private PrunedModelWriter(
      ModelDirectory dense, UnitOrder order, PruningPlan plan, long largestShard) {
    LlamaConfig config = dense.config();
    this.dense = dense;
    this.kept =
        IntStream.range(0, config.layers().size())
            .mapToObj(
                i ->
                    KeptLayer.of(
                        config.layers().get(i),
                        order.layers().get(i),
                        plan.layers().get(i),
                        config.headSize()))
            .toList();
    this.compactConfig = config.withLayers(kept.stream().map(KeptLayer::size).toList());
    this.largestShard = largestShard;
  }

  /**
   * Writes a pruned model.
   *
   * @param dense the model that the plan was made for
   * @param order in which its units are removed
   * @param plan units that stay
   * @param target a directory that doesn't exist or is empty; it appears whole or not at all
   * @return parameters that stay, embedding and norms included
   * @throws IllegalArgumentException if plan, order and model don't belong together, or something
   *     is in the target's place
   */
  public static long write(
      ModelDirectory dense, UnitOrder order, PruningPlan plan, ModelFormat format, Path target)
      throws IOException {
    return write(dense, order, plan, format, target, LARGEST_SHARD);
  }

  static long write(
      ModelDirectory dense,
      UnitOrder order,
      PruningPlan plan,
      ModelFormat format,
      Path target,
      long largestShard)
      throws IOException {
    order.prunable(dense.config()).parameters(plan); // refuses a plan that doesn't fit
    PrunedModelWriter export = new PrunedModelWriter(dense, order, plan, largestShard);
    byte[] config = export.config(format);
    try (NewDirectory directory = NewDirectory.create(target)) {
      directory.write(ModelDirectory.CONFIG, config);
      for (String name : COMPANIONS) {
        Path file = dense.path().resolve(name);
        if (Files.isRegularFile(file)) {
          directory.write(name, Files.readAllBytes(file));
        }
      }
      export.writeWeights(format, directory);
      directory.commit();
    }
    return ModelTensors.parameters(export.compactConfig);
  }

  private byte[] config(ModelFormat format) throws IOException {
    Path file = dense.path().resolve(ModelDirectory.CONFIG);
    byte[] original = Files.readAllBytes(file);
    ObjectNode config = (ObjectNode) Json.mapper().readTree(original);
    return switch (format) {
      case COMPACT -> {
        config.putArray("architectures").add(PrunedSizes.ARCHITECTURE);
        config.set(PrunedSizes.KEY, PrunedSizes.write(compactConfig.layers()));
        yield Json.writePretty(config).getBytes(UTF_8);
      }
      case PADDED -> {
        if (config.hasNonNull(PrunedSizes.KEY)) {
          throw new ModelFormatException(
              "key " + PrunedSizes.KEY,
              file,
              "the model is pruned already, so there is no dense shape to pad it to",
              "write it in the compact format");
        }
        yield original;
      }
    };
  }

  private void writeWeights(ModelFormat format, NewDirectory directory) throws IOException {
    Map<String, KeptPart> parts = parts();
    Map<String, List<Long>> shapes =
        ModelTensors.shapes(format == ModelFormat.COMPACT ? compactConfig : dense.config());
    List<TensorSpec> specs =
        shapes.entrySet().stream()
            .map(
                entry ->
                    new TensorSpec(
                        entry.getKey(), dense.tensor(entry.getKey()).type(), entry.getValue()))
            .toList();
    Shards shards = Shards.split(specs, largestShard);
    for (Map.Entry<String, List<TensorSpec>> file : shards.files().entrySet()) {
      try (SafetensorsWriter writer =
          SafetensorsWriter.create(directory.resolve(file.getKey()), file.getValue(), Map.of())) {
        for (TensorSpec spec : file.getValue()) {
          TensorCopy copy =
              new TensorCopy(dense.tensor(spec.name()), parts.get(spec.name()), writer);
          switch (format) {
            case COMPACT -> copy.compact();
            case PADDED -> copy.padded();
          }
        }
        writer.commit();
      }
    }
    if (shards.needIndex()) {
      directory.write(INDEX, Json.writeBytes(shards.index()));
    }
  }

  private Map<String, KeptPart> parts() {
    Map<String, KeptPart> parts = new LinkedHashMap<>();
    for (String name : dense.tensorNames()) {
      parts.put(name, whole(dense.tensor(name)));
    }
    for (int i = 0; i < kept.size(); i++) {
      for (LayerWeight weight : LayerWeight.values()) {
        parts.put(weight.tensorName(i), kept.get(i).part(weight, dense.config().hiddenSize()));
      }
    }
    return parts;
  }

  private static KeptPart whole(StoredTensor tensor) {
    List<Long> shape = tensor.shape();
    return new KeptPart(
        IndexRanges.all(shape.get(0)), IndexRanges.all(shape.size() > 1 ? shape.get(1) : 1));
  }
}
