package dev.selfpruner.llm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What would be sent to addresses that tests can't have servers at. */
class OpenAiConnectionTest {
  private final Recorder recorder = new Recorder();

  @Test
  void openAiItselfGetsTheNewNameOfTheLimit() throws JsonProcessingException {
    JsonNode body = sentTo("https://api.openai.com/v1");

    assertThat(body.path("max_completion_tokens").asInt()).isEqualTo(100);
    assertThat(body.has("max_tokens")).isFalse();
    assertThat(recorder.requests.get(0).url())
        .isEqualTo("https://api.openai.com/v1/chat/completions");
  }

  @Test
  void otherServersGetTheOldOne() throws JsonProcessingException {
    JsonNode body = sentTo("http://openai.com.example.org/v1/");

    assertThat(body.path("max_tokens").asInt()).isEqualTo(100);
    assertThat(body.has("max_completion_tokens")).isFalse();
    assertThat(recorder.requests.get(0).url())
        .isEqualTo("http://openai.com.example.org/v1/chat/completions");
  }

  private JsonNode sentTo(String baseUrl) throws JsonProcessingException {
    LargeLanguageModel endpoint = LargeLanguageModel.compatible(baseUrl, "m", 0.7, 5);
    ApiKey key = ApiKeys.from(Map.of(ApiKeys.VARIABLE, "sk")).of(endpoint);
    Connection connection = new OpenAiConnection(endpoint, key, recorder);

    assertThatThrownBy(() -> connection.chat(new Question("2 lists?", 2, 3, 100)))
        .hasMessage("not sent");

    return Json.mapper().readTree(recorder.requests.get(0).body());
  }

  private static final class Recorder implements HttpClient, HttpClientBuilder {
    private final List<HttpRequest> requests = new ArrayList<>();

    @Override
    public SuccessfulHttpResponse execute(HttpRequest request) {
      requests.add(request);
      throw new IllegalStateException("not sent");
    }

    @Override
    public void execute(
        HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
      throw new UnsupportedOperationException("answers are not streamed");
    }

    @Override
    public Duration connectTimeout() {
      return Duration.ZERO;
    }

    @Override
    public HttpClientBuilder connectTimeout(Duration timeout) {
      return this;
    }

    @Override
    public Duration readTimeout() {
      return Duration.ZERO;
    }

    @Override
    public HttpClientBuilder readTimeout(Duration timeout) {
      return this;
    }

    @Override
    public HttpClient build() {
      return this;
    }
  }
}
