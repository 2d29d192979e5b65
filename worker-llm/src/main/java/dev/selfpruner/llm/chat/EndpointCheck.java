package dev.selfpruner.llm.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.http.client.HttpMethod;
import dev.langchain4j.http.client.HttpRequest;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Provider;
import io.temporal.failure.ApplicationFailure;
import java.net.URLEncoder;
import java.util.List;

/**
 * Shows for nothing whether an endpoint's address, key and model are right: no token is asked for.
 * Each look is one request, which the timeouts limit.
 */
public final class EndpointCheck {
  private final LargeLanguageModel endpoint;
  private final Address address;
  private final ApiKey key;
  private final DeadlineHttpClient http;

  private EndpointCheck(LargeLanguageModel endpoint, ApiKeys keys, LlmTimeouts timeouts) {
    this.endpoint = endpoint;
    this.address = Address.of(endpoint);
    this.key = keys.of(endpoint);
    this.http = new DeadlineHttpClient(timeouts);
  }

  /**
   * Looks for the model. An endpoint of OpenAI's protocol may have no list of its models: then it
   * passes. Of Bedrock only credentials and region are looked for, since asking it costs tokens.
   *
   * @throws ApplicationFailure says what is wrong, without the key; of the types that a question
   *     fails with
   */
  public static void check(LargeLanguageModel endpoint, ApiKeys keys, LlmTimeouts timeouts) {
    EndpointCheck check = new EndpointCheck(endpoint, keys, timeouts);
    switch (endpoint.provider()) {
      case OPENAI -> check.requireListed();
      case ANTHROPIC, GEMINI -> check.requireModel();
      case BEDROCK -> {
        var unused = Aws.requireCredentials();
      }
    }
  }

  /**
   * The models that an endpoint serves.
   *
   * @param baseUrl address of the endpoint, up to and including its version; empty for the
   *     provider's own
   * @return the endpoint's names for its models, at most a page of them; some endpoints have a list
   *     without any, and Bedrock's has none
   * @throws IllegalArgumentException if that is no address of an endpoint
   * @throws ApplicationFailure if the endpoint gives no list: says why, without the key
   */
  public static List<String> models(
      Provider provider, String baseUrl, ApiKeys keys, LlmTimeouts timeouts) {
    LargeLanguageModel endpoint =
        new LargeLanguageModel(
            provider, baseUrl, "models", 0, 1, AnswerFormat.TEXT, LargeLanguageModel.PAPER, "");
    EndpointCheck check = new EndpointCheck(endpoint, keys, timeouts);
    return switch (provider) {
      case OPENAI, ANTHROPIC, GEMINI -> check.list().names();
      case BEDROCK -> {
        var unused = Aws.requireCredentials();
        yield List.of();
      }
    };
  }

  private void requireListed() {
    ModelList models;
    try {
      models = list();
    } catch (ApplicationFailure e) {
      if (e.getType().equals(ChatFailures.NOT_FOUND)
          || e.getType().equals(ChatFailures.NOT_THE_PROTOCOL)) {
        return; // a server of chat completions and nothing else
      }
      throw e;
    }
    if (!models.serves(endpoint.model())) {
      throw ApplicationFailure.newNonRetryableFailure(
          "%s at %s: no such model - there are %s"
              .formatted(endpoint.model(), address, models.described()),
          ChatFailures.NOT_FOUND);
    }
  }

  private void requireModel() {
    JsonNode unused =
        get("/models/" + URLEncoder.encode(endpoint.model(), UTF_8).replace("+", "%20"));
  }

  private ModelList list() {
    JsonNode answer = get("/models");
    try {
      return ModelList.of(answer);
    } catch (IllegalStateException e) {
      throw ChatFailures.of(e, endpoint, key);
    }
  }

  private JsonNode get(String path) {
    HttpRequest.Builder request =
        HttpRequest.builder().method(HttpMethod.GET).url(address.url() + path);
    switch (address.provider()) {
      case OPENAI -> request.addHeader("Authorization", "Bearer " + key.value());
      case ANTHROPIC ->
          request
              .addHeader("x-api-key", key.value())
              .addHeader("anthropic-version", AnthropicConnection.VERSION);
      case GEMINI -> request.addHeader("x-goog-api-key", key.value());
      case BEDROCK -> throw new IllegalStateException("Bedrock's runtime has no models to show");
    }
    try {
      return Json.mapper().readTree(http.execute(request.build()).body());
    } catch (JsonProcessingException e) {
      throw ChatFailures.of(new IllegalStateException("not JSON", e), endpoint, key);
    } catch (RuntimeException e) {
      throw ChatFailures.of(e, endpoint, key);
    }
  }
}
