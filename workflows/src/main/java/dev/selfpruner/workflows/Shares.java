package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.Credit;
import dev.selfpruner.activities.search.Operator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How an iteration's offspring are divided among operators by what has paid: each operator's share
 * is its original one times (survivors + 1) / (offspring + 2), the mean of what its rate of
 * survival may be after a uniform prior (Laplace's rule of succession).
 */
final class Shares {
  private Shares() {}

  /**
   * The same number of offspring in all, at least one of each operator.
   *
   * @param original offspring of each operator, at least 1
   */
  static SortedMap<Operator, Integer> of(
      SortedMap<Operator, Integer> original, List<Credit> credits) {
    Map<Operator, Double> weights = new EnumMap<>(Operator.class);
    original.forEach(
        (operator, count) -> weights.put(operator, count * rateOfSurvival(operator, credits)));
    int left = original.values().stream().mapToInt(Integer::intValue).sum();
    SortedMap<Operator, Integer> shares = new TreeMap<>();
    while (shares.size() < original.size()) {
      double each = left / total(weights);
      List<Operator> scarce =
          weights.keySet().stream().filter(operator -> weights.get(operator) * each < 1).toList();
      if (scarce.isEmpty()) {
        shares.putAll(largestRemainders(weights, each, left));
      }
      for (Operator operator : scarce) {
        shares.put(operator, 1);
        weights.remove(operator);
        left--;
      }
    }
    return shares;
  }

  private static double rateOfSurvival(Operator operator, List<Credit> credits) {
    int offspring = 0;
    int survivors = 0;
    for (Credit credit : credits) {
      if (credit.operator() == operator) {
        offspring += credit.offspring();
        survivors += credit.survivors();
      }
    }
    return (survivors + 1.0) / (offspring + 2.0);
  }

  private static double total(Map<Operator, Double> weights) {
    return weights.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Whole numbers that add up to {@code total}; what is equal goes to the operator named first. */
  private static Map<Operator, Integer> largestRemainders(
      Map<Operator, Double> weights, double each, int total) {
    Map<Operator, Integer> counts = new EnumMap<>(Operator.class);
    weights.forEach((operator, weight) -> counts.put(operator, (int) (weight * each)));
    List<Operator> byRemainder = new ArrayList<>(weights.keySet());
    byRemainder.sort(
        Comparator.comparingDouble(
            operator -> counts.get(operator) - weights.get(operator) * each));
    int missing = total - counts.values().stream().mapToInt(Integer::intValue).sum();
    for (Operator operator : byRemainder.subList(0, missing)) {
      counts.merge(operator, 1, Integer::sum);
    }
    return counts;
  }
}
