package dev.selfpruner.llm.chat;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;

/** Anthropic's messages. */
final class AnthropicConnection implements Connection {
  /** Of the protocol; LangChain4j sends the same. */
  static final String VERSION = "2023-06-01";

  private final LargeLanguageModel endpoint;
  private final AnthropicChatModel model;

  AnthropicConnection(LargeLanguageModel endpoint, ApiKey key, HttpClientBuilder http) {
    this.endpoint = endpoint;
    model =
        AnthropicChatModel.builder()
            .httpClientBuilder(http)
            .baseUrl(Address.of(endpoint).url())
            .apiKey(key.value())
            .version(VERSION)
            .modelName(endpoint.model())
            .returnThinking(false)
            .maxRetries(0)
            .build();
  }

  @Override
  public ChatResponse chat(Question question) {
    return model.chat(ChatRequests.of(endpoint, question));
  }
}
