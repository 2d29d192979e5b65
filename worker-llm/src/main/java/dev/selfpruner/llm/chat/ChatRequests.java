package dev.selfpruner.llm.chat;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;

/** What LangChain4j knows of every provider: prompt, temperature, limit and schema. */
final class ChatRequests {
  private ChatRequests() {}

  static ChatRequest of(LargeLanguageModel endpoint, Question question) {
    ChatRequest.Builder request =
        ChatRequest.builder()
            .messages(UserMessage.from(question.prompt()))
            .modelName(endpoint.model())
            .temperature(endpoint.temperature())
            .maxOutputTokens(question.maxOutputTokens());
    if (endpoint.answerFormat() == AnswerFormat.SCHEMA) {
      request.responseFormat(RatesSchema.of(question.layers()));
    }
    return request.build();
  }
}
