package dev.selfpruner.infra.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Price;
import dev.selfpruner.activities.search.Spending;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What was asked of an LLM, what it came to, and what it may come to.
 *
 * @param limits with the price, if it is known
 */
public record LlmUse(Spending spending, LlmLimits limits) {

  /** {@code 21 answers, 12,345 tokens of prompts and 6,789 of answers, 0.1234 US dollars}. */
  public String bill() {
    return String.format(
        Locale.ROOT,
        "%,d %s, %,d tokens of prompts and %,d of answers, %s",
        spending.calls(),
        spending.calls() == 1 ? "answer" : "answers",
        spending.inputTokens(),
        spending.outputTokens(),
        money());
  }

  /** {@code 11 + 22 tokens, 0.0002 US dollars}: of a single answer. */
  public String shortBill() {
    return String.format(
        Locale.ROOT,
        "%,d + %,d tokens, %s",
        spending.inputTokens(),
        spending.outputTokens(),
        money());
  }

  private String money() {
    return isPriced() ? dollars(spending.cost()) : "price not known";
  }

  /** {@code 100,000 tokens, 2.5000 US dollars}; empty where nothing is limited. */
  public String limited() {
    List<String> limited = new ArrayList<>();
    if (limits.tokens() < LlmLimits.NO_TOKEN_LIMIT) {
      limited.add(String.format(Locale.ROOT, "%,d tokens", limits.tokens()));
    }
    if (limits.cost() < LlmLimits.NO_COST_LIMIT) {
      limited.add(dollars(limits.cost()));
    }
    return String.join(", ", limited);
  }

  /** What was spent; the cost is null where the price isn't known; limits and prices if any. */
  public ObjectNode json() {
    ObjectNode json = Json.mapper().createObjectNode();
    json.put("answers", spending.calls())
        .put("inputTokens", spending.inputTokens())
        .put("outputTokens", spending.outputTokens())
        .put("cost", isPriced() ? (Double) spending.cost() : null);
    ObjectNode some = json.putObject("limits");
    if (limits.tokens() < LlmLimits.NO_TOKEN_LIMIT) {
      some.put("tokens", limits.tokens());
    }
    if (limits.cost() < LlmLimits.NO_COST_LIMIT) {
      some.put("cost", limits.cost());
    }
    for (Price price : limits.price()) {
      json.putObject("price").put("input", price.input()).put("output", price.output());
    }
    return json;
  }

  /** Whether something was charged, whatever was known of the price at first, or would be. */
  boolean isPriced() {
    return spending.cost() > 0 || !limits.price().isEmpty();
  }

  /** {@code 0.1234 US dollars}. */
  public static String dollars(double cost) {
    return String.format(Locale.ROOT, "%.4f US dollars", cost);
  }
}
