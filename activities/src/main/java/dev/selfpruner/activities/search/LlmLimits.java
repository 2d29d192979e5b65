package dev.selfpruner.activities.search;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How much a search may ask of an LLM, and what that costs. Checked before each question; not part
 * of what a search is named after, so that it can go on with a higher limit.
 *
 * @param tokens of prompts and answers together; null means {@link #NO_TOKEN_LIMIT}
 * @param cost US dollars; null means {@link #NO_COST_LIMIT}
 * @param price none where it isn't known, else one; null means none
 */
public record LlmLimits(Long tokens, Double cost, List<Price> price) {
  public static final long NO_TOKEN_LIMIT = Long.MAX_VALUE;
  public static final double NO_COST_LIMIT = Double.MAX_VALUE;

  /** No limit, and no price. */
  public static final LlmLimits NONE = new LlmLimits(NO_TOKEN_LIMIT, NO_COST_LIMIT, List.of());

  public LlmLimits {
    tokens = Optional.ofNullable(tokens).orElse(NO_TOKEN_LIMIT);
    cost = Optional.ofNullable(cost).orElse(NO_COST_LIMIT);
    price = List.copyOf(Optional.ofNullable(price).orElse(List.of()));
    if (tokens < 1) {
      throw new IllegalArgumentException("a limit of LLM tokens is at least 1, not " + tokens);
    }
    if (!(cost > 0.0)) {
      throw new IllegalArgumentException("a limit of cost is above 0, not " + cost);
    }
    if (price.size() > 1) {
      throw new IllegalArgumentException("more than one price");
    }
    if (cost < NO_COST_LIMIT && price.isEmpty()) {
      throw new IllegalArgumentException("a limit of cost needs the LLM's price");
    }
  }

  /** The same for equal limits. */
  public String key() {
    return Digests.sha256(Json.write(this));
  }

  /** Whether anything is limited. */
  public boolean any() {
    return tokens < NO_TOKEN_LIMIT || cost < NO_COST_LIMIT;
  }

  /** US dollars; 0 where the price isn't known. */
  public double cost(long inputTokens, long outputTokens) {
    return price.stream().mapToDouble(each -> each.of(inputTokens, outputTokens)).sum();
  }

  /** Why what was spent is too much; empty where it isn't. */
  public Optional<String> exceededBy(Spending spending) {
    if (spending.tokens() > tokens) {
      return Optional.of(tokenLimit());
    }
    return spending.cost() > cost ? Optional.of(costLimit()) : Optional.empty();
  }

  /**
   * Whether a reason is that one of these was reached: one that was moved on since has another
   * number.
   */
  public boolean isCauseOf(String reason) {
    return reason.startsWith(tokenLimit()) || reason.startsWith(costLimit());
  }

  /** The limit of tokens in words. */
  public String tokenLimit() {
    return String.format(Locale.ROOT, "the limit of %,d LLM tokens", tokens);
  }

  /** The limit of cost in words. */
  public String costLimit() {
    return String.format(Locale.ROOT, "the limit of %.4f US dollars", cost);
  }
}
