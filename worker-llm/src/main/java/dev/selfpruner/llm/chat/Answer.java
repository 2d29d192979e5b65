package dev.selfpruner.llm.chat;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/**
 * What an LLM answered.
 *
 * @param text as it came, without the thoughts that a provider reports apart; empty where the model
 *     had nothing to say. Asked for {@link dev.selfpruner.activities.search.AnswerFormat#SCHEMA} it
 *     is the JSON of {@code {"configurations": [{"layer_0": 0.1, ...}, ...]}}
 * @param model the model that the endpoint says has answered
 * @param finishReason why the answer ended, in lower case ({@code stop}, {@code length}, ...)
 * @param inputTokens of the prompt, those that the provider had in a cache among them
 * @param outputTokens of the answer and of what the model thought before it
 * @param estimated whether the endpoint didn't say how many tokens these were, so that one or both
 *     numbers are {@link TokenCount estimated from the length of the texts}
 */
public record Answer(
    String text,
    String model,
    String finishReason,
    int inputTokens,
    int outputTokens,
    boolean estimated) {
  /** The reason of an answer that was cut off at the most tokens asked for. */
  public static final String CUT_OFF = "length";

  /** Reads an answer, maybe one that was stored before there were estimates. */
  @JsonCreator
  static Answer stored(
      @JsonProperty("text") String text,
      @JsonProperty("model") String model,
      @JsonProperty("finishReason") String finishReason,
      @JsonProperty("inputTokens") int inputTokens,
      @JsonProperty("outputTokens") int outputTokens,
      @JsonProperty("estimated") Boolean estimated) {
    return new Answer(
        text,
        model,
        finishReason,
        inputTokens,
        outputTokens,
        Optional.ofNullable(estimated).orElse(false));
  }
}
