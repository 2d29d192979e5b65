package dev.selfpruner.llm.chat;

/**
 * What an LLM is asked.
 *
 * @param prompt the whole text
 * @param lists lists of rates that the prompt asks for
 * @param layers rates in each of them
 * @param maxOutputTokens longest answer asked for
 */
public record Question(String prompt, int lists, int layers, int maxOutputTokens) {
  public Question {
    if (lists < 1 || layers < 1 || maxOutputTokens < 1) {
      throw new IllegalArgumentException(
          "not a question: %d lists of %d rates in %d tokens"
              .formatted(lists, layers, maxOutputTokens));
    }
  }
}
