package dev.selfpruner.gpu.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.text.TextFile;
import dev.selfpruner.gpu.text.TextTokenizer;
import dev.selfpruner.gpu.text.TokenIds;
import dev.selfpruner.gpu.text.TokenWindows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

/** Numbers that others' programs computed for a real model, and the texts that they are for. */
public record Reference(JsonNode numbers, Path shared, Path model) {
  /** The 260k-parameter model of the shared folder. */
  public static Reference stories() {
    Path shared = Path.of(System.getenv("SELFPRUNER_SHARED"));
    return read(shared, "stories260k", shared.resolve("models/stories260k"));
  }

  /** SmolLM2-135M, on disk where {@code SELFPRUNER_SMOLLM2} says. */
  public static Reference smolLm2() {
    Path shared = Path.of(System.getenv("SELFPRUNER_SHARED"));
    return read(shared, "smollm2-135m", Path.of(System.getenv("SELFPRUNER_SMOLLM2")));
  }

  private static Reference read(Path shared, String name, Path model) {
    try {
      Path file = shared.resolve("reference").resolve(name + ".json");
      return new Reference(new ObjectMapper().readTree(file.toFile()), shared, model);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public ModelDirectory open() {
    return ModelDirectory.open(model);
  }

  public TokenWindows windows(String split, int count) {
    Path text = shared.resolve("data/wikitext2/wiki." + split + ".raw");
    try (TextTokenizer tokenizer = TextTokenizer.open(model)) {
      TokenIds ids = tokenizer.encode(TextFile.read(text).text(), false);
      int length = numbers.get("sequence_length").asInt();
      return TokenWindows.cut(ids, new TextWindows(text.toString(), length, 0, count, false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public List<Double> denseLosses() {
    return doubles(numbers.get("dense_nll_per_test_window"));
  }

  /** The plan of the reference's rule: the same share of heads and of neurons in every layer. */
  public static PruningPlan plan(LlamaConfig config, double rate) {
    return new PruningPlan(
        config.layers().stream()
            .map(
                layer ->
                    new LayerPlan(
                        layer.queryHeads() - (int) (rate * layer.queryHeads()),
                        layer.neurons() - (int) (rate * layer.neurons())))
            .toList());
  }

  public static List<Double> doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asDouble).toList();
  }

  public static List<Integer> integers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asInt).toList();
  }
}
