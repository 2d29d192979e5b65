package dev.selfpruner.llm.chat;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import io.temporal.failure.ApplicationFailure;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/** One question, one answer; whether to ask again after a failure is Temporal's business. */
public final class LanguageModel {
  private final LargeLanguageModel endpoint;
  private final ApiKey key;
  private final ChatModel model;

  public LanguageModel(LargeLanguageModel endpoint, ApiKey key, LlmTimeouts timeouts) {
    this.endpoint = endpoint;
    this.key = key;
    OpenAiChatModel.OpenAiChatModelBuilder builder =
        OpenAiChatModel.builder()
            .httpClientBuilder(DeadlineHttpClient.builder(timeouts))
            .baseUrl(endpoint.baseUrl())
            .apiKey(key.value())
            .modelName(endpoint.model())
            .temperature(endpoint.temperature())
            .maxRetries(0);
    // OpenAI's newer models refuse the old name of the limit, other servers don't know the new one.
    model =
        isOpenAi(endpoint)
            ? builder.maxCompletionTokens(endpoint.maxOutputTokens()).build()
            : builder.maxTokens(endpoint.maxOutputTokens()).build();
  }

  /**
   * Asks for an answer. A refusal by the model is an answer too.
   *
   * @throws ApplicationFailure if there is none: retryable where waiting may help, with the delay
   *     that the endpoint asks for
   */
  public Answer ask(Question question) {
    try {
      return answer(
          model.chat(ChatRequest.builder().messages(UserMessage.from(question.prompt())).build()));
    } catch (ContentFilteredException refusal) {
      String text = Optional.ofNullable(refusal.getMessage()).orElse("");
      return new Answer(text, endpoint.model(), "content_filter", 0, 0);
    } catch (RuntimeException e) {
      throw ChatFailures.of(e, endpoint, key);
    }
  }

  private Answer answer(ChatResponse response) {
    TokenUsage usage = response.tokenUsage();
    return new Answer(
        Optional.ofNullable(response.aiMessage().text()).orElse(""),
        Optional.ofNullable(response.modelName()).orElse(endpoint.model()),
        Optional.ofNullable(response.finishReason())
            .map(FinishReason::name)
            .orElse("unknown")
            .toLowerCase(Locale.ROOT),
        Optional.ofNullable(usage).map(TokenUsage::inputTokenCount).orElse(0),
        Optional.ofNullable(usage).map(TokenUsage::outputTokenCount).orElse(0));
  }

  private static boolean isOpenAi(LargeLanguageModel endpoint) {
    String host = Optional.ofNullable(URI.create(endpoint.baseUrl()).getHost()).orElse("");
    return host.equals("openai.com") || host.endsWith(".openai.com");
  }
}
