package dev.selfpruner.llm.chat;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import java.util.Map;

/** OpenAI's chat completions, which most servers of open models speak too. */
final class OpenAiConnection implements Connection {
  private final LargeLanguageModel endpoint;
  private final Address address;
  private final OpenAiChatModel model;

  OpenAiConnection(LargeLanguageModel endpoint, ApiKey key, HttpClientBuilder http) {
    this.endpoint = endpoint;
    address = Address.of(endpoint);
    model =
        OpenAiChatModel.builder()
            .httpClientBuilder(http)
            .baseUrl(address.url())
            .apiKey(key.value())
            .modelName(endpoint.model())
            .strictJsonSchema(true)
            .returnThinking(false)
            .maxRetries(0)
            .build();
  }

  @Override
  public ChatResponse chat(Question question) {
    OpenAiChatRequestParameters.Builder parameters =
        OpenAiChatRequestParameters.builder().temperature(endpoint.temperature());
    // OpenAI's newer models refuse the old name of the limit, other servers don't know the new one.
    if (address.wantsKey()) {
      parameters.maxCompletionTokens(question.maxOutputTokens());
    } else {
      parameters.maxOutputTokens(question.maxOutputTokens());
    }
    if (endpoint.answerFormat() == AnswerFormat.SCHEMA) {
      parameters.responseFormat(RatesSchema.of(question.layers()));
    }
    if (endpoint.answerFormat() == AnswerFormat.GRAMMAR) {
      parameters.customParameters(
          Map.of("grammar", RatesGrammar.of(question.lists(), question.layers())));
    }
    return model.chat(
        ChatRequest.builder()
            .messages(UserMessage.from(question.prompt()))
            .parameters(parameters.build())
            .build());
  }
}
