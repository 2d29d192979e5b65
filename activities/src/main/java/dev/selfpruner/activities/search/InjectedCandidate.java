package dev.selfpruner.activities.search;

import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PruningPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A candidate that a person gives: rates, or units to keep, which need not be on the budget.
 *
 * @param rates share of each layer's parameters to remove, in [0, 1); null (or none) where units
 *     are given
 * @param queryHeads that each layer keeps, at least 1; null (or none) where rates are given
 * @param neurons that each layer keeps, at least 1; as many as there are numbers of query heads
 */
public record InjectedCandidate(
    List<Double> rates, List<Integer> queryHeads, List<Integer> neurons) {
  public InjectedCandidate {
    rates = List.copyOf(Optional.ofNullable(rates).orElse(List.of()));
    queryHeads = List.copyOf(Optional.ofNullable(queryHeads).orElse(List.of()));
    neurons = List.copyOf(Optional.ofNullable(neurons).orElse(List.of()));
    if (rates.isEmpty() == queryHeads.isEmpty()) {
      throw new IllegalArgumentException(
          "a candidate is given by rates, or by queryHeads and neurons: give one of them");
    }
    if (queryHeads.size() != neurons.size()) {
      throw new IllegalArgumentException(
          "queryHeads of %d layers, but neurons of %d"
              .formatted(queryHeads.size(), neurons.size()));
    }
    for (int i = 0; i < rates.size(); i++) {
      if (!(rates.get(i) >= 0.0 && rates.get(i) < 1.0)) { // also catches NaN
        throw new IllegalArgumentException(
            "rates[%d]: %s is out of [0, 1)".formatted(i, rates.get(i)));
      }
    }
    requirePositive("queryHeads", queryHeads);
    requirePositive("neurons", neurons);
  }

  /** One rate a layer. */
  public static InjectedCandidate of(LayerRates rates) {
    return new InjectedCandidate(rates.rates(), List.of(), List.of());
  }

  /** Units to keep. */
  public static InjectedCandidate of(PruningPlan plan) {
    return new InjectedCandidate(
        List.of(),
        plan.layers().stream().map(LayerPlan::queryHeads).toList(),
        plan.layers().stream().map(LayerPlan::neurons).toList());
  }

  /** Layers that it is for. */
  public int size() {
    return Math.max(rates.size(), queryHeads.size());
  }

  /** The rates, where it is given by them. */
  public Optional<LayerRates> layerRates() {
    return rates.isEmpty() ? Optional.empty() : Optional.of(new LayerRates(rates));
  }

  /** The units, where it is given by them. */
  public Optional<PruningPlan> plan() {
    List<LayerPlan> layers = new ArrayList<>();
    for (int i = 0; i < queryHeads.size(); i++) {
      layers.add(new LayerPlan(queryHeads.get(i), neurons.get(i)));
    }
    return layers.isEmpty() ? Optional.empty() : Optional.of(new PruningPlan(layers));
  }

  private static void requirePositive(String field, List<Integer> kept) {
    for (int i = 0; i < kept.size(); i++) {
      if (kept.get(i) < 1) {
        throw new IllegalArgumentException(
            "%s[%d]: a layer keeps at least 1, not %d".formatted(field, i, kept.get(i)));
      }
    }
  }
}
