package dev.selfpruner.llm.chat;

import dev.langchain4j.model.bedrock.BedrockChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** Bedrock's Converse, for whatever model is behind it. */
final class BedrockConnection implements Connection {
  private final LargeLanguageModel endpoint;
  private final DeadlineHttpClient http;

  BedrockConnection(LargeLanguageModel endpoint, DeadlineHttpClient http) {
    this.endpoint = endpoint;
    this.http = http;
  }

  /** With a client of its own, which costs little beside the answer and leaves no threads. */
  @Override
  public ChatResponse chat(Question question) {
    try (BedrockRuntimeClient client = Aws.client(endpoint, http)) {
      return BedrockChatModel.builder()
          .client(client)
          .modelId(endpoint.model())
          .returnThinking(false)
          .maxRetries(0)
          .build()
          .chat(ChatRequests.of(endpoint, question));
    }
  }
}
