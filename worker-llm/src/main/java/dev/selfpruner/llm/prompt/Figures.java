package dev.selfpruner.llm.prompt;

import dev.selfpruner.activities.plan.LayerRates;
import java.util.Locale;
import java.util.stream.Collectors;

/** Numbers as prompts write them. */
final class Figures {
  private Figures() {}

  /** {@code [0.12345, 0.50000]}. */
  static String list(LayerRates rates) {
    return rates.rates().stream().map(Figures::rate).collect(Collectors.joining(", ", "[", "]"));
  }

  static String rate(double rate) {
    return format("%.5f", rate);
  }

  static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /**
   * A perplexity.
   *
   * @param infinite what to write where the pruned model gives no numbers
   */
  static String fitness(double perplexity, String infinite) {
    return Double.isFinite(perplexity) ? format("%.4f", perplexity) : infinite;
  }
}
