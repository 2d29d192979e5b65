package dev.selfpruner.llm.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpMethod;
import dev.langchain4j.http.client.HttpRequest;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.stream.StreamSupport;

/** The models that an endpoint serves: asking shows that address and key are right, for nothing. */
public final class ModelList {
  private ModelList() {}

  /**
   * Asks once.
   *
   * @param baseUrl address of the endpoint, up to and including its version ({@code .../v1})
   * @return the endpoint's names for its models; some endpoints have a list without any
   * @throws IllegalArgumentException if that is no address of an endpoint
   * @throws ApplicationFailure if the endpoint gives no list: says why, without the key
   */
  public static List<String> of(String baseUrl, ApiKey key, LlmTimeouts timeouts) {
    LargeLanguageModel endpoint = LargeLanguageModel.compatible(baseUrl, "models", 0, 1);
    HttpClient client = DeadlineHttpClient.builder(timeouts).build();
    HttpRequest request =
        HttpRequest.builder()
            .method(HttpMethod.GET)
            .url(baseUrl.replaceAll("/+$", "") + "/models")
            .addHeader("Authorization", "Bearer " + key.value())
            .build();
    try {
      return names(client.execute(request).body());
    } catch (RuntimeException e) {
      throw ChatFailures.of(e, endpoint, key);
    }
  }

  private static List<String> names(String body) {
    try {
      JsonNode models = Json.mapper().readTree(body).path("data");
      if (!models.isArray()) {
        throw new IllegalStateException("no list of models");
      }
      return StreamSupport.stream(models.spliterator(), false)
          .map(model -> model.path("id").asText(""))
          .filter(name -> !name.isBlank())
          .toList();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not JSON", e);
    }
  }
}
