package dev.selfpruner.llm.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * What an endpoint lists of its models.
 *
 * @param names the endpoint's names for its models
 * @param anyName whether it answers to any other name as well
 */
record ModelList(List<String> names, boolean anyName) {
  /** Who owns the one model of a server of llama.cpp's, and of its Python binding's. */
  private static final Set<String> SERVE_ANY_NAME = Set.of("llamacpp", "me");

  private static final int SHOWN = 10;

  ModelList {
    names = List.copyOf(names);
  }

  /**
   * @throws IllegalStateException if that is no list of models
   */
  static ModelList of(JsonNode answer) {
    JsonNode models = answer.has("data") ? answer.path("data") : answer.path("models");
    if (!models.isArray()) {
      throw new IllegalStateException("no list of models");
    }
    List<JsonNode> each = StreamSupport.stream(models.spliterator(), false).toList();
    return new ModelList(
        each.stream().map(ModelList::name).filter(name -> !name.isBlank()).toList(),
        each.stream()
            .anyMatch(model -> SERVE_ANY_NAME.contains(model.path("owned_by").asText(""))));
  }

  /** Gemini's names are resources: {@code models/...}. */
  private static String name(JsonNode model) {
    return model.path("id").asText(model.path("name").asText("")).replaceFirst("^models/", "");
  }

  /**
   * Whether a model may be asked for. An empty list says nothing; Ollama takes a name without its
   * tag for the latest; routers take variants of a name that aren't listed.
   */
  boolean serves(String model) {
    return anyName
        || names.isEmpty()
        || names.contains(model)
        || names.contains(model + ":latest")
        || names.contains(model.replaceFirst(":[^:]*$", ""));
  }

  String described() {
    String some = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
    int more = names.size() - SHOWN;
    return more > 0 ? "%s and %d more".formatted(some, more) : some;
  }
}
