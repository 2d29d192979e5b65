package dev.selfpruner.activities.search;

import java.util.List;

/**
 * Where a candidate comes from.
 *
 * @param iteration the iteration that proposed it; 0 is the first population
 * @param operator what made it
 * @param source the generator that answered: {@code built-in}, the LLM's name, or the built-in
 *     operator in an LLM's place
 * @param parents ids of the candidates it was made from, as far as they are known
 */
public record Lineage(int iteration, Operator operator, String source, List<String> parents) {
  public Lineage {
    parents = List.copyOf(parents);
    if (iteration < 0) {
      throw new IllegalArgumentException("negative iteration: " + iteration);
    }
  }
}
