package dev.selfpruner.llm.chat;

import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
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

  static ResponseFormat of(int layers) {
    List<String> names = IntStream.range(0, layers).mapToObj(layer -> "layer_" + layer).toList();
    JsonObjectSchema.Builder configuration =
        JsonObjectSchema.builder().required(names).additionalProperties(false);
    names.forEach(configuration::addNumberProperty);
    JsonObjectSchema root =
        JsonObjectSchema.builder()
            .addProperty(
                CONFIGURATIONS, JsonArraySchema.builder().items(configuration.build()).build())
            .required(CONFIGURATIONS)
            .additionalProperties(false)
            .build();
    return ResponseFormat.builder()
        .type(ResponseFormatType.JSON)
        .jsonSchema(JsonSchema.builder().name(CONFIGURATIONS).rootElement(root).build())
        .build();
  }
}
