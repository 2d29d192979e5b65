package dev.selfpruner.llm;

/** Hears of each question that an LLM is asked, from the thread that asks; to be quick. */
public interface CallListener {
  /** Hears nothing. */
  CallListener SILENT =
      new CallListener() {
        @Override
        public void answered(String model, long inputTokens, long outputTokens, double cost) {}

        @Override
        public void failed(String model, String type) {}
      };

  /**
   * It was answered, whatever the answer is worth.
   *
   * @param model that was asked
   * @param inputTokens of the prompt
   * @param outputTokens of the answer
   * @param cost US dollars; 0 where the price isn't known
   */
  void answered(String model, long inputTokens, long outputTokens, double cost);

  /**
   * There was no answer.
   *
   * @param model that was asked
   * @param type of the failure, as Temporal shows it
   */
  void failed(String model, String type);
}
