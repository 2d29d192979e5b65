package dev.selfpruner.llm.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.selfpruner.activities.Json;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The schema of an answer: {@code {"configurations": [{"layer_0": 0.1, "layer_1": 0.2, ...},
 * ...]}}. A field for each layer makes every list as long as it should be. How many lists there
 * are, and between which bounds rates lie, no provider's schema can say that others would
 * understand.
 */
final class RatesSchema {
  private static final String CONFIGURATIONS = "configurations";

  private RatesSchema() {}

  /** As text, since LangChain4j shuffles the fields of its own objects on the way to Gemini. */
  static ResponseFormat of(int layers) {
    List<String> names = IntStream.range(0, layers).mapToObj(layer -> "layer_" + layer).toList();
    ObjectNode root = object(List.of(CONFIGURATIONS));
    ObjectNode configurations = field(root, CONFIGURATIONS).put("type", "array");
    ObjectNode configuration = object(names);
    names.forEach(name -> field(configuration, name).put("type", "number"));
    configurations.set("items", configuration);
    return ResponseFormat.builder()
        .type(ResponseFormatType.JSON)
        .jsonSchema(
            JsonSchema.builder()
                .name(CONFIGURATIONS)
                .rootElement(JsonRawSchema.from(root.toString()))
                .build())
        .build();
  }

  /** With nothing but the fields named, and all of those. */
  private static ObjectNode object(List<String> fields) {
    ObjectNode object = Json.mapper().createObjectNode().put("type", "object");
    object.putObject("properties");
    fields.forEach(object.putArray("required")::add);
    return object.put("additionalProperties", false);
  }

  private static ObjectNode field(ObjectNode object, String name) {
    return object.withObjectProperty("properties").putObject(name);
  }
}
