package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Credit;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Proposal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Counts what operators' offspring come to. */
final class Credits {
  private Credits() {}

  /**
   * Credits in the order of operators. What stood in for an LLM was asked for, and counts among the
   * offspring; that it survives is no merit of the LLM's, which would otherwise be asked, and paid,
   * for as much as ever while nothing that it answers can be used.
   *
   * @param before of the search until now
   * @param proposed by each operator in an iteration
   * @param population that the iteration leaves
   */
  static List<Credit> after(
      List<Credit> before, Map<Operator, Proposal> proposed, List<Fitness> population) {
    Set<String> kept = population.stream().map(Fitness::candidateId).collect(Collectors.toSet());
    List<Credit> all = new ArrayList<>(before);
    proposed.forEach(
        (operator, proposal) ->
            all.add(
                new Credit(
                    operator,
                    proposal.ids().size(),
                    (int) proposal.withoutFallbacks().stream().filter(kept::contains).count())));
    Map<Operator, Credit> sums = new EnumMap<>(Operator.class);
    all.forEach(credit -> sums.merge(credit.operator(), credit, Credits::sum));
    return List.copyOf(sums.values());
  }

  private static Credit sum(Credit one, Credit other) {
    return new Credit(
        one.operator(), one.offspring() + other.offspring(), one.survivors() + other.survivors());
  }
}
