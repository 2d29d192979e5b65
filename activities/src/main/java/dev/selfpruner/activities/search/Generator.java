package dev.selfpruner.activities.search;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.net.URI;

/** Where candidates come from. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Generator.BuiltIn.class, name = "built-in"),
  @JsonSubTypes.Type(value = Generator.LargeLanguageModel.class, name = "llm")
})
public sealed interface Generator {

  /** Seeded operators that need no model. */
  record BuiltIn() implements Generator {}

  /**
   * A chat model behind an endpoint that speaks OpenAI's protocol. Its key is not part of a search:
   * the LLM worker reads it from its environment.
   *
   * @param baseUrl address of the endpoint, up to and including its version ({@code .../v1})
   * @param model the endpoint's name for the model
   * @param temperature sampling temperature
   * @param maxOutputTokens longest answer asked for
   */
  record LargeLanguageModel(String baseUrl, String model, double temperature, int maxOutputTokens)
      implements Generator {
    public LargeLanguageModel {
      URI uri = URI.create(baseUrl);
      if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
        throw new IllegalArgumentException("not an http(s) address: " + baseUrl);
      }
      if (uri.getUserInfo() != null) {
        throw new IllegalArgumentException("credentials do not belong in the address of an LLM");
      }
      if (model.isBlank()) {
        throw new IllegalArgumentException("an LLM has a model name");
      }
      if (!(temperature >= 0.0 && temperature <= 2.0)) {
        throw new IllegalArgumentException("temperature out of [0, 2]: " + temperature);
      }
      if (maxOutputTokens < 1) {
        throw new IllegalArgumentException("an answer has at least one token: " + maxOutputTokens);
      }
    }
  }
}
