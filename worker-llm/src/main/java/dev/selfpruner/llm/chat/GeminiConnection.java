package dev.selfpruner.llm.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.exception.ContentFilteredException;
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
    model =
        GoogleAiGeminiChatModel.builder()
            .httpClientBuilder(http.mending(GeminiConnection::complete))
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

  /**
   * Gemini leaves out what LangChain4j takes without looking: the candidates of a prompt that was
   * blocked, the parts of an answer that ended before it began, the token counts of some proxies.
   */
  private static String complete(String body) {
    JsonNode answer;
    try {
      answer = Json.mapper().readTree(body);
    } catch (JsonProcessingException e) {
      return body; // LangChain4j says what is wrong with it
    }
    JsonNode candidate = answer.path("candidates").path(0);
    String blocked = answer.path("promptFeedback").path("blockReason").asText("");
    if (candidate.isMissingNode() && !blocked.isEmpty()) {
      throw new ContentFilteredException("the prompt was blocked: " + blocked);
    }
    if (candidate instanceof ObjectNode present) {
      present.withObjectProperty("content").withArrayProperty("parts");
      ((ObjectNode) answer).withObjectProperty("usageMetadata");
    }
    return answer.toString();
  }
}
