package dev.selfpruner.llm.chat;

import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Provider;
import io.temporal.failure.ApplicationFailure;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** One question, one answer; whether to ask again after a failure is Temporal's business. */
public final class LanguageModel {
  private final LargeLanguageModel endpoint;
  private final ApiKeys keys;
  private final DeadlineHttpClient http;

  /**
   * Sends nothing, and looks for no key yet.
   *
   * @throws IllegalArgumentException if the provider hasn't what a search wants of it
   */
  public LanguageModel(LargeLanguageModel endpoint, ApiKeys keys, LlmTimeouts timeouts) {
    requirePossible(endpoint);
    this.endpoint = endpoint;
    this.keys = keys;
    this.http = new DeadlineHttpClient(timeouts);
  }

  /**
   * Looks at what is asked of an endpoint, not at the endpoint.
   *
   * @throws IllegalArgumentException if the provider hasn't what a search wants of it
   */
  public static void requirePossible(LargeLanguageModel endpoint) {
    requireFormat(endpoint);
    requireTemperature(endpoint);
  }

  /** The forms of answers that a provider's protocol knows; not each of its models has all. */
  public static Set<AnswerFormat> formats(Provider provider) {
    return switch (provider) {
      case OPENAI -> EnumSet.allOf(AnswerFormat.class);
      case ANTHROPIC, GEMINI, BEDROCK -> EnumSet.of(AnswerFormat.TEXT, AnswerFormat.SCHEMA);
    };
  }

  /** The highest temperature that a provider takes. */
  public static double highestTemperature(Provider provider) {
    return switch (provider) {
      case OPENAI, GEMINI -> 2.0;
      case ANTHROPIC, BEDROCK -> 1.0;
    };
  }

  /**
   * Asks for an answer. A refusal by the model is an answer too.
   *
   * @throws ApplicationFailure if there is none: retryable where waiting may help, with the delay
   *     that the endpoint asks for
   */
  public Answer ask(Question question) {
    ApiKey key = keys.of(endpoint);
    try {
      return answer(question, connection(key).chat(question));
    } catch (ApplicationFailure e) {
      throw e;
    } catch (ContentFilteredException refusal) {
      String text = Optional.ofNullable(refusal.getMessage()).orElse("");
      TokenCount tokens = TokenCount.estimate(question.prompt(), text);
      return answer(text, endpoint.model(), "content_filter", tokens);
    } catch (RuntimeException e) {
      throw ChatFailures.of(e, endpoint, key);
    }
  }

  private Connection connection(ApiKey key) {
    return switch (endpoint.provider()) {
      case OPENAI -> new OpenAiConnection(endpoint, key, http.builder());
      case ANTHROPIC -> new AnthropicConnection(endpoint, key, http.builder());
      case GEMINI -> new GeminiConnection(endpoint, key, http);
      case BEDROCK -> new BedrockConnection(endpoint, http);
    };
  }

  private Answer answer(Question question, ChatResponse response) {
    String text = Optional.ofNullable(response.aiMessage().text()).orElse("");
    TokenCount estimate = TokenCount.estimate(question.prompt(), text);
    return answer(
        text,
        Optional.ofNullable(response.modelName()).orElse(endpoint.model()),
        Optional.ofNullable(response.finishReason())
            .map(FinishReason::name)
            .orElse("unknown")
            .toLowerCase(Locale.ROOT),
        Optional.ofNullable(response.tokenUsage()).map(estimate::unlessSaid).orElse(estimate));
  }

  private static Answer answer(String text, String model, String reason, TokenCount tokens) {
    return new Answer(text, model, reason, tokens.input(), tokens.output(), tokens.estimated());
  }

  private static void requireFormat(LargeLanguageModel endpoint) {
    Set<AnswerFormat> formats = formats(endpoint.provider());
    if (!formats.contains(endpoint.answerFormat())) {
      throw new IllegalArgumentException(
          "%s protocol has no answers of the form %s: use one of %s"
              .formatted(Address.of(endpoint).protocol(), endpoint.answerFormat(), formats));
    }
  }

  private static void requireTemperature(LargeLanguageModel endpoint) {
    double highest = highestTemperature(endpoint.provider());
    if (endpoint.temperature() > highest) {
      throw new IllegalArgumentException(
          "%s protocol takes temperatures up to %.1f, not %s"
              .formatted(Address.of(endpoint).protocol(), highest, endpoint.temperature()));
    }
  }
}
