package dev.selfpruner.llm.chat;

import dev.langchain4j.model.anthropic.AnthropicTokenUsage;
import dev.langchain4j.model.bedrock.BedrockTokenUsage;
import dev.langchain4j.model.googleai.GoogleAiGeminiTokenUsage;
import dev.langchain4j.model.output.TokenUsage;
import java.util.Optional;

/**
 * What an answer cost. Where an endpoint doesn't say (or says 0), a token is taken for {@value
 * #CHARACTERS} characters, so that limits on spending hold there too; thoughts that don't come with
 * the answer are not in such an estimate.
 */
public record TokenCount(int input, int output, boolean estimated) {
  /** English has four and digits about two; rates are digits, prompts are both. */
  private static final int CHARACTERS = 3;

  static TokenCount estimate(String prompt, String text) {
    return new TokenCount(estimate(prompt), estimate(text), true);
  }

  /** What an endpoint says, and this where it doesn't. */
  TokenCount unlessSaid(TokenUsage usage) {
    int saidInput = input(usage);
    int saidOutput = output(usage);
    return new TokenCount(
        saidInput > 0 ? saidInput : input,
        saidOutput > 0 ? saidOutput : output,
        saidInput <= 0 || saidOutput <= 0);
  }

  /** Anthropic and Bedrock report apart what a cache had; the others count it in. */
  private static int input(TokenUsage usage) {
    int counted = orZero(usage.inputTokenCount());
    if (usage instanceof AnthropicTokenUsage anthropic) {
      return counted
          + orZero(anthropic.cacheReadInputTokens())
          + orZero(anthropic.cacheCreationInputTokens());
    }
    if (usage instanceof BedrockTokenUsage bedrock) {
      return counted
          + orZero(bedrock.cacheReadInputTokens())
          + orZero(bedrock.cacheWriteInputTokens());
    }
    return counted;
  }

  /** Gemini reports thoughts apart; the others count them in. */
  private static int output(TokenUsage usage) {
    int counted = orZero(usage.outputTokenCount());
    return usage instanceof GoogleAiGeminiTokenUsage gemini
        ? counted + orZero(gemini.thoughtsTokenCount())
        : counted;
  }

  /** Tokens of a text, about; at least one. */
  public static int estimate(String text) {
    return Math.max(1, (text.length() + CHARACTERS - 1) / CHARACTERS);
  }

  private static int orZero(Integer count) {
    return Optional.ofNullable(count).orElse(0);
  }
}
