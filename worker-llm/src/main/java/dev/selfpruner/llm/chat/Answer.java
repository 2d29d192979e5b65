package dev.selfpruner.llm.chat;

/**
 * What an LLM answered.
 *
 * @param text as it came; empty where the model had nothing to say
 * @param model the model that the endpoint says has answered
 * @param finishReason why the answer ended, in lower case ({@code stop}, {@code length}, ...)
 * @param inputTokens of the prompt; 0 where the endpoint doesn't say
 * @param outputTokens of the answer; 0 where the endpoint doesn't say
 */
public record Answer(
    String text, String model, String finishReason, int inputTokens, int outputTokens) {
  /** The reason of an answer that was cut off at the most tokens asked for. */
  public static final String CUT_OFF = "length";
}
