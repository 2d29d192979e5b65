package dev.selfpruner.llm;

import dev.selfpruner.activities.search.Provider;
import java.time.Duration;

/** Hears of each question that an LLM is asked, from the thread that asks; to be quick. */
public interface CallListener {
  /** Hears nothing. */
  CallListener SILENT =
      new CallListener() {
        @Override
        public void answered(Call call, long inputTokens, long outputTokens, double cost) {}

        @Override
        public void failed(Call call, String type) {}
      };

  /**
   * A question that has ended.
   *
   * @param provider whose protocol was spoken
   * @param model that was asked
   * @param took from the question to its end, which is now
   */
  record Call(Provider provider, String model, Duration took) {}

  /**
   * It was answered, whatever the answer is worth.
   *
   * @param inputTokens of the prompt
   * @param outputTokens of the answer
   * @param cost US dollars; 0 where the price isn't known
   */
  void answered(Call call, long inputTokens, long outputTokens, double cost);

  /**
   * There was no answer.
   *
   * @param type of the failure, as Temporal shows it
   */
  void failed(Call call, String type);
}
