package dev.selfpruner.activities.search;

import java.util.Optional;

/**
 * What ends a search before its last iteration. Not part of what it is named after, so that it can
 * go on with more.
 *
 * @param tokens that may go through the pruned models, a token through a part of one counting as
 *     that part; null means no limit
 * @param evaluations that may be asked for; null means no limit
 * @param seconds since the search began, while a workflow of it was open; null means no limit
 * @param patience iterations without a new candidate as the best that end the search; null means no
 *     limit
 */
public record Stopping(Long tokens, Long evaluations, Long seconds, Integer patience) {
  /** Only the last iteration ends it. */
  public static final Stopping NEVER = new Stopping(null, null, null, null);

  public Stopping {
    tokens = Optional.ofNullable(tokens).orElse(Long.MAX_VALUE);
    evaluations = Optional.ofNullable(evaluations).orElse(Long.MAX_VALUE);
    seconds = Optional.ofNullable(seconds).orElse(Long.MAX_VALUE);
    patience = Optional.ofNullable(patience).orElse(Integer.MAX_VALUE);
    if (tokens < 1 || evaluations < 1 || seconds < 1 || patience < 1) {
      throw new IllegalArgumentException(
          "limits are at least 1: %d tokens, %d evaluations, %d seconds, patience %d"
              .formatted(tokens, evaluations, seconds, patience));
    }
  }
}
