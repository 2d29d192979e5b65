package dev.selfpruner.llm;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.llm.answer.JudgedList;
import dev.selfpruner.llm.chat.Answer;
import java.util.List;

/**
 * How many lists of rates fit into an answer: a guess at first, then by what the model's own
 * answers have taken.
 */
public final class AnswerSize {
  /** {@code 0.12345, } where a tokenizer takes two digits at a time. */
  private static final double TEXT_TOKENS = 7;

  /** {@code "layer_12": 0.12345, }. */
  private static final double SCHEMA_TOKENS = 14;

  /** An answer shall not be cut off for a guess that is a little too low. */
  private static final double FILL = 0.9;

  /** Role names and marks around a message. */
  private static final int CHAT = 50;

  /** {@code "layer_12": {"type": "number"}}, and its name among those that are required. */
  private static final int SCHEMA_TOKENS_A_LAYER = 24;

  private final AnswerFormat format;
  private final int layers;
  private final int maxOutputTokens;
  private double tokensPerRate;

  /**
   * Of a model that nothing is known of yet.
   *
   * @param layers rates in a list
   * @param maxOutputTokens longest answer
   */
  public AnswerSize(AnswerFormat format, int layers, int maxOutputTokens) {
    this.format = format;
    this.layers = layers;
    this.maxOutputTokens = maxOutputTokens;
    this.tokensPerRate = format == AnswerFormat.SCHEMA ? SCHEMA_TOKENS : TEXT_TOKENS;
  }

  /** Lists that fit into the longest answer, at least one. */
  public int lists() {
    return (int) Math.max(1, FILL * maxOutputTokens / (layers * tokensPerRate));
  }

  /** Tokens of a list, about. */
  public int tokensPerList() {
    return (int) Math.ceil(layers * tokensPerRate);
  }

  /** Learns from an answer, thinking included: that takes room as well. */
  void learn(Answer answer, List<JudgedList> lists) {
    long rates = lists.stream().mapToLong(list -> list.values().size()).sum();
    if (rates >= layers && answer.outputTokens() > 0) {
      tokensPerRate = Math.max(1.0, (double) answer.outputTokens() / rates);
    }
  }

  /** Tokens of a question, at most: its prompt, what a chat puts around it, and the schema. */
  long mostInputTokens(String prompt) {
    return mostTokens(prompt)
        + CHAT
        + (format == AnswerFormat.SCHEMA ? (long) SCHEMA_TOKENS_A_LAYER * layers : 0);
  }

  /**
   * Tokens of a text, at most: some tokenizers take every digit and every mark by itself, and words
   * are rarely shorter than three letters a token. What isn't ASCII may take a token a byte.
   */
  static long mostTokens(String prompt) {
    long letters = prompt.chars().filter(AnswerSize::isAsciiLetter).count();
    long spaces = prompt.chars().filter(Character::isWhitespace).count();
    long bytes = prompt.getBytes(UTF_8).length;
    return bytes - letters - spaces + Math.round(letters / 3.0 + spaces / 4.0);
  }

  private static boolean isAsciiLetter(int character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
  }
}
