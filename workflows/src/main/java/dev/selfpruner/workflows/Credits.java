package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Credit;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Operator;
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
   * Credits in the order of operators.
   *
   * @param before of the search until now
   * @param offspring ids of what each operator proposed in an iteration
   * @param population that the iteration leaves
   */
  static List<Credit> after(
      List<Credit> before, Map<Operator, List<String>> offspring, List<Fitness> population) {
    Set<String> kept = population.stream().map(Fitness::candidateId).collect(Collectors.toSet());
    List<Credit> all = new ArrayList<>(before);
    offspring.forEach(
        (operator, ids) ->
            all.add(
                new Credit(
                    operator, ids.size(), (int) ids.stream().filter(kept::contains).count())));
    Map<Operator, Credit> sums = new EnumMap<>(Operator.class);
    all.forEach(credit -> sums.merge(credit.operator(), credit, Credits::sum));
    return List.copyOf(sums.values());
  }

  private static Credit sum(Credit one, Credit other) {
    return new Credit(
        one.operator(), one.offspring() + other.offspring(), one.survivors() + other.survivors());
  }
}
