package dev.selfpruner.llm.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.googleai.GoogleAiGeminiChatModel;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;

/** Gemini's generateContent, with a key of Google AI Studio's. */
final class GeminiConnection implements Connection {
  private final LargeLanguageModel endpoint;
  private final GoogleAiGeminiChatModel model;

  GeminiConnection(LargeLanguageModel endpoint, ApiKey key, DeadlineHttpClient http) {
    this.endpoint = endpoint;
    HttpClientBuilder looking = http.looking(GeminiConnection::requireCandidate);
    model =
        GoogleAiGeminiChatModel.builder()
            .httpClientBuilder(looking)
            .baseUrl(Address.of(endpoint).url())
            .apiKey(key.value())
            .modelName(endpoint.model())
            .returnThinking(false) // unset, LangChain4j puts thoughts before the answer
            .maxRetries(0)
            .build();
  }

  @Override
  public ChatResponse chat(Question question) {
    return model.chat(ChatRequests.of(endpoint, question));
  }

  /** LangChain4j takes the first candidate of a list that is missing where a prompt is blocked. */
  private static void requireCandidate(SuccessfulHttpResponse response) {
    String reason = blockReason(response.body());
    if (!reason.isEmpty()) {
      throw new ContentFilteredException("the prompt was blocked: " + reason);
    }
  }

  private static String blockReason(String body) {
    try {
      JsonNode answer = Json.mapper().readTree(body);
      return answer.path("candidates").isEmpty()
          ? answer.path("promptFeedback").path("blockReason").asText("")
          : "";
    } catch (JsonProcessingException e) {
      return ""; // LangChain4j says what is wrong with it
    }
  }
}
