package dev.selfpruner.gpu.export;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.model.LayerSize;
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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Carries out a plan: writes a directory with what stays of a model. Weights are copied bit by bit,
 * in the type that they have, a few megabytes at a time; output projections may have new values.
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
  private final Map<String, StoredTensor> fitted;
  private final UnitOrder order;
  private final long largestShard;

  private PrunedModelWriter(
      ModelDirectory dense,
      UnitOrder order,
      PruningPlan plan,
      Map<String, StoredTensor> fitted,
      long largestShard) {
    LlamaConfig config = dense.config();
    this.dense = dense;
    this.fitted = Map.copyOf(fitted);
    this.order = order;
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

  /**
   * Writes a pruned model with new values in some of its output projections, rounded to the type
   * that the dense model's have.
   *
   * @param fitted by the name of the tensor, o_proj or down_proj of a layer: transposed, {@code
   *     [kept columns, hidden]}, units most important first
   * @throws IllegalArgumentException also if a fitted tensor is none of the plan's
   */
  public static long write(
      ModelDirectory dense,
      UnitOrder order,
      PruningPlan plan,
      Map<String, StoredTensor> fitted,
      ModelFormat format,
      Path target)
      throws IOException {
    return write(dense, order, plan, fitted, format, target, LARGEST_SHARD);
  }

  /**
   * Checks, before anything is computed for it, that a model can be written in a format.
   *
   * @throws ModelFormatException if it can't
   */
  public static void requireWritable(ModelDirectory model, ModelFormat format) throws IOException {
    Path file = model.path().resolve(ModelDirectory.CONFIG);
    if (format == ModelFormat.PADDED
        && Json.mapper().readTree(Files.readAllBytes(file)).hasNonNull(PrunedSizes.KEY)) {
      throw new ModelFormatException(
          "key " + PrunedSizes.KEY,
          file,
          "the model is pruned already, so there is no dense shape to pad it to",
          "write it in the compact format");
    }
  }

  static long write(
      ModelDirectory dense,
      UnitOrder order,
      PruningPlan plan,
      ModelFormat format,
      Path target,
      long largestShard)
      throws IOException {
    return write(dense, order, plan, Map.of(), format, target, largestShard);
  }

  private static long write(
      ModelDirectory dense,
      UnitOrder order,
      PruningPlan plan,
      Map<String, StoredTensor> fitted,
      ModelFormat format,
      Path target,
      long largestShard)
      throws IOException {
    requireWritable(dense, format);
    order.prunable(dense.config()).parameters(plan); // refuses a plan that doesn't fit
    PrunedModelWriter export = new PrunedModelWriter(dense, order, plan, fitted, largestShard);
    export.requireFitted();
    byte[] config = export.config(format);
    try (NewDirectory directory = NewDirectory.create(target)) {
      directory.write(ModelDirectory.CONFIG, config);
      if (format == ModelFormat.PADDED) {
        directory.write(PrunedSizes.FILE, export.sizes());
      }
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
    byte[] original = Files.readAllBytes(dense.path().resolve(ModelDirectory.CONFIG));
    return switch (format) {
      case COMPACT -> {
        ObjectNode config = (ObjectNode) Json.mapper().readTree(original);
        config.putArray("architectures").add(PrunedSizes.ARCHITECTURE);
        config.set(PrunedSizes.KEY, PrunedSizes.write(compactConfig.layers()));
        yield Json.writePretty(config).getBytes(UTF_8);
      }
      case PADDED -> original;
    };
  }

  /** What a padded model's configuration can't say: what is left of each layer. */
  private byte[] sizes() {
    ObjectNode object = Json.mapper().createObjectNode();
    object.set(PrunedSizes.KEY, PrunedSizes.write(compactConfig.layers()));
    return Json.writePretty(object).getBytes(UTF_8);
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
          if (fitted.containsKey(spec.name())) {
            fittedColumns(spec, parts.get(spec.name()).columns(), format, writer).write();
            continue;
          }
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

  private FittedColumns fittedColumns(
      TensorSpec spec, IndexRanges kept, ModelFormat format, SafetensorsWriter writer) {
    int[] columns = columnsMostImportantFirst(spec.name());
    int[] places =
        switch (format) {
          case PADDED -> columns;
          case COMPACT -> {
            int[] ascending =
                kept.kept().stream()
                    .flatMapToInt(range -> IntStream.range((int) range.from(), (int) range.to()))
                    .toArray();
            yield Arrays.stream(columns)
                .map(column -> Arrays.binarySearch(ascending, column))
                .toArray();
          }
        };
    int width = Math.toIntExact(spec.shape().get(1));
    return new FittedColumns(spec.name(), width, places, fitted.get(spec.name()), writer);
  }

  /** The dense model's columns of a projection that stay, as the fit has them. */
  private int[] columnsMostImportantFirst(String name) {
    for (int i = 0; i < kept.size(); i++) {
      LayerSize size = kept.get(i).size();
      if (name.equals(LayerWeight.ATTENTION_OUTPUT.tensorName(i))) {
        int[] heads =
            order.layers().get(i).headsAscending().stream().mapToInt(Integer::intValue).toArray();
        return last(heads, size.queryHeads(), dense.config().headSize());
      }
      if (name.equals(LayerWeight.DOWN.tensorName(i))) {
        return last(order.layers().get(i).neuronsAscending(), size.neurons(), 1);
      }
    }
    throw new IllegalArgumentException("not an output projection: " + name);
  }

  /** The columns of the last {@code count} units, from the end. */
  private static int[] last(int[] unitsAscending, int count, int width) {
    return IntStream.range(0, count * width)
        .map(i -> unitsAscending[unitsAscending.length - 1 - i / width] * width + i % width)
        .toArray();
  }

  private void requireFitted() {
    fitted.forEach(
        (name, tensor) -> {
          List<Long> expected =
              List.of(
                  (long) columnsMostImportantFirst(name).length,
                  (long) dense.config().hiddenSize());
          if (!tensor.shape().equals(expected)) {
            throw new IllegalArgumentException(
                "the fit of %s is %s, and the plan keeps %s: it was made for another plan"
                    .formatted(name, tensor.shape(), expected));
          }
        });
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
