package dev.selfpruner.infra.inspect;

import dev.selfpruner.activities.search.Operator;

/**
 * What an operator's candidates came to, in finished iterations.
 *
 * @param offspring proposed
 * @param offspringOfLlm those of them that an LLM made
 * @param survivors of the iteration that they were proposed in
 * @param survivorsOfLlm those of them that an LLM made
 */
public record Contribution(
    Operator operator, int offspring, int offspringOfLlm, int survivors, int survivorsOfLlm) {

  Contribution plus(Contribution other) {
    return new Contribution(
        operator,
        offspring + other.offspring,
        offspringOfLlm + other.offspringOfLlm,
        survivors + other.survivors,
        survivorsOfLlm + other.survivorsOfLlm);
  }
}
