package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Stopping;
import java.util.Optional;

/**
 * What a running search is given on top of what it has. Null means nothing more of it.
 *
 * @param iterations after its last one
 * @param tokens that may go through the pruned models
 * @param evaluations that may be asked for
 * @param seconds since the search began
 * @param llmTokens of prompts and answers together
 * @param cost of the LLM, US dollars
 * @param patience iterations without a new best candidate
 */
public record Extension(
    Integer iterations,
    Long tokens,
    Long evaluations,
    Long seconds,
    Long llmTokens,
    Double cost,
    Integer patience) {
  public static final Extension NOTHING = new Extension(0, 0L, 0L, 0L, 0L, 0.0, 0);

  public Extension {
    iterations = Optional.ofNullable(iterations).orElse(0);
    tokens = Optional.ofNullable(tokens).orElse(0L);
    evaluations = Optional.ofNullable(evaluations).orElse(0L);
    seconds = Optional.ofNullable(seconds).orElse(0L);
    llmTokens = Optional.ofNullable(llmTokens).orElse(0L);
    cost = Optional.ofNullable(cost).orElse(0.0);
    patience = Optional.ofNullable(patience).orElse(0);
    if (iterations < 0
        || tokens < 0
        || evaluations < 0
        || seconds < 0
        || llmTokens < 0
        || patience < 0
        || !(cost >= 0.0 && cost < Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "an extension adds: %d iterations, %d tokens, %d evaluations, %d seconds, %d LLM tokens, %s US dollars, patience %d"
              .formatted(iterations, tokens, evaluations, seconds, llmTokens, cost, patience));
    }
  }

  Extension plus(Extension other) {
    return new Extension(
        Math.addExact(iterations, other.iterations),
        Math.addExact(tokens, other.tokens),
        Math.addExact(evaluations, other.evaluations),
        Math.addExact(seconds, other.seconds),
        Math.addExact(llmTokens, other.llmTokens),
        cost + other.cost,
        Math.addExact(patience, other.patience));
  }

  /** The limit that this adds to although there is none; empty where all that it adds to are. */
  Optional<String> addsToNothing(SearchSpec spec) {
    Stopping stopping = spec.stopping();
    LlmLimits llm = spec.limits();
    if (tokens > 0 && stopping.tokens().equals(Stopping.NEVER.tokens())) {
      return Optional.of("tokens");
    }
    if (evaluations > 0 && stopping.evaluations().equals(Stopping.NEVER.evaluations())) {
      return Optional.of("evaluations");
    }
    if (seconds > 0 && stopping.seconds().equals(Stopping.NEVER.seconds())) {
      return Optional.of("seconds");
    }
    if (patience > 0 && stopping.patience().equals(Stopping.NEVER.patience())) {
      return Optional.of("patience");
    }
    if (llmTokens > 0 && llm.tokens() == LlmLimits.NO_TOKEN_LIMIT) {
      return Optional.of("llmTokens");
    }
    return cost > 0 && llm.cost() == LlmLimits.NO_COST_LIMIT
        ? Optional.of("cost")
        : Optional.empty();
  }

  /** The search with what ends it early moved on; its iterations are what it is named after. */
  SearchSpec applied(SearchSpec spec) {
    Stopping stopping = spec.stopping();
    LlmLimits llm = spec.limits();
    return spec.withStopping(
            new Stopping(
                sum(stopping.tokens(), tokens),
                sum(stopping.evaluations(), evaluations),
                sum(stopping.seconds(), seconds),
                (int) Math.min(Integer.MAX_VALUE, (long) stopping.patience() + patience)))
        .withLimits(new LlmLimits(sum(llm.tokens(), llmTokens), llm.cost() + cost, llm.price()));
  }

  /** No limit and more is no limit. */
  private static long sum(long limit, long more) {
    return limit > Long.MAX_VALUE - more ? Long.MAX_VALUE : limit + more;
  }
}
