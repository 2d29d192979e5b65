package dev.selfpruner.gpu.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The object that a pruned model's {@code config.json} has beside the dense model's keys: sizes,
 * layer by layer. A padded model's configuration is the dense one's, and the object lies beside it.
 *
 * <pre>{@code
 * "selfpruner": {"format_version": 1, "layers": [
 *   {"key_value_head_of_query_head": [0, 0, 1], "intermediate_size": 1229}, ...]}
 * }</pre>
 */
public final class PrunedSizes {
  /** Key of the object. */
  public static final String KEY = "selfpruner";

  /** A padded model's file with this object, which nothing needs that loads the model. */
  public static final String FILE = "selfpruner.json";

  /** What {@code architectures} says, so that no other program takes the model for a dense one. */
  public static final String ARCHITECTURE = "SelfPrunedLlamaForCausalLM";

  private static final int VERSION = 1;
  private static final String HEADS = "key_value_head_of_query_head";
  private static final String NEURONS = "intermediate_size";

  private PrunedSizes() {}

  /** The object's value for these layers. */
  public static ObjectNode write(List<LayerSize> layers) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("format_version", VERSION);
    ArrayNode array = object.putArray("layers");
    for (LayerSize layer : layers) {
      ObjectNode node = array.addObject();
      ArrayNode heads = node.putArray(HEADS);
      layer.keyValueHeadOfQueryHead().forEach(heads::add);
      node.put(NEURONS, layer.neurons());
    }
    return object;
  }

  /**
   * What a padded model has left.
   *
   * @param file its {@value #FILE}
   * @param padded the model's configuration
   * @throws dev.selfpruner.gpu.ModelFormatException if the file is none, or another model's
   */
  public static LlamaConfig of(Path file, LlamaConfig padded) {
    return padded.withLayers(
        read(ConfigFile.read(file, LlamaConfig.MOST_BYTES), padded.layers().size()));
  }

  static List<LayerSize> read(ConfigFile config, int layerCount) {
    ConfigFile pruned =
        config
            .object(KEY)
            .orElseThrow(() -> config.error(KEY, "it is missing", "prune the model again"));
    int version = pruned.requireInteger("format_version");
    if (version != VERSION) {
      throw pruned.error(
          "format_version",
          "is %d, this program reads %d".formatted(version, VERSION),
          "use the version of selfpruner that wrote the model");
    }
    JsonNode layers = pruned.requireArray("layers", LlamaConfig.MOST_LAYERS);
    if (layers.size() != layerCount) {
      throw pruned.error(
          "layers",
          "has %d elements for %d layers".formatted(layers.size(), layerCount),
          "prune the model again");
    }
    List<LayerSize> sizes = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      sizes.add(size(pruned.element("layers", i)));
    }
    return sizes;
  }

  private static LayerSize size(ConfigFile layer) {
    List<Integer> heads = new ArrayList<>();
    for (JsonNode head : layer.requireArray(HEADS, LlamaConfig.MOST_HEADS)) {
      if (!head.isIntegralNumber() || !head.canConvertToInt()) {
        throw layer.error(HEADS, "has the element " + head, "prune the model again");
      }
      heads.add(head.intValue());
    }
    try {
      return new LayerSize(heads, layer.requireInteger(NEURONS));
    } catch (IllegalArgumentException e) {
      throw layer.error(HEADS, e.getMessage(), "prune the model again");
    }
  }
}
