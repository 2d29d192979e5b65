package dev.selfpruner.activities.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The time that a pruned model may take, and the projection of plans onto it.
 *
 * @param table measured seconds of the model's blocks
 * @param share of the dense model's time that may stay, in (0, 1)
 * @param widthMultiple what the neurons that a layer keeps are a multiple of, unless it keeps all;
 *     here without exception
 */
public record LatencyBudget(
    PrunableModel model, LatencyTable table, double share, int widthMultiple) {
  private static final int BISECTIONS = 60;

  /**
   * @throws IllegalArgumentException if the table is of another model, or not even the smallest
   *     plan is fast enough
   */
  public LatencyBudget {
    share = new Target.Latency(share).share();
    Widths widths = new Widths(model, widthMultiple);
    if (table.layers().size() != model.layers().size()) {
      throw new IllegalArgumentException(
          "the table has %d layers, the model %d"
              .formatted(table.layers().size(), model.layers().size()));
    }
    int layerCount = model.layers().size();
    int[] heads = new int[layerCount];
    int[] neurons = new int[layerCount];
    for (int i = 0; i < layerCount; i++) {
      requireMeasured(model.layers().get(i), table.layers().get(i), i);
      heads[i] = model.layers().get(i).least().queryHeads();
      neurons[i] = widths.least(i);
    }
    double least = table.seconds(heads, neurons);
    if (least > share * table.dense()) {
      throw new IllegalArgumentException(
          "no plan takes %.4f of the dense model's %.4g s: the smallest plan takes %.4f of it"
              .formatted(share, table.dense(), least / table.dense()));
    }
  }

  /** Seconds that a plan may take. */
  public double seconds() {
    return share * table.dense();
  }

  /**
   * The largest plan near {@code plan} that is fast enough: its heads, and its neurons, moved by
   * the same share of every layer's; then one multiple more anywhere would take too long. Heads go,
   * those that save most first, only where neurons can't save enough, and come back only where all
   * neurons stay.
   *
   * @throws IllegalArgumentException if the plan is not one of the model's
   */
  public PruningPlan complete(PruningPlan plan) {
    model.parameters(plan); // refuses another model's
    int[] heads = plan.layers().stream().mapToInt(LayerPlan::queryHeads).toArray();
    int[] wanted = plan.layers().stream().mapToInt(LayerPlan::neurons).toArray();
    shrinkHeads(heads);
    double low = -1;
    double high = 1;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      if (fits(heads, shifted(wanted, middle))) {
        low = middle;
      } else {
        high = middle;
      }
    }
    int[] neurons = shifted(wanted, low);
    growNeurons(heads, neurons, wanted);
    growHeads(heads, neurons);
    List<LayerPlan> layers = new ArrayList<>();
    for (int i = 0; i < heads.length; i++) {
      layers.add(new LayerPlan(heads[i], neurons[i]));
    }
    return new PruningPlan(layers);
  }

  private void shrinkHeads(int[] heads) {
    int[] least = shifted(new int[heads.length], 0);
    while (!fits(heads, least)) {
      int layer =
          IntStream.range(0, heads.length)
              .filter(i -> units(i, heads) > 1)
              .boxed()
              .max(
                  Comparator.<Integer>comparingDouble(
                          i ->
                              table.layers().get(i).seconds(heads[i], 1)
                                  - table.layers().get(i).seconds(withUnits(i, heads, -1), 1))
                      .thenComparingDouble(i -> (double) heads[i] / layer(i).queryHeads())
                      .thenComparing(Comparator.reverseOrder()))
              .orElseThrow(); // the smallest plan is fast enough
      heads[layer] = withUnits(layer, heads, -1);
    }
  }

  /** One multiple a layer in turn, beginning with those that fell furthest. */
  private void growNeurons(int[] heads, int[] neurons, int[] wanted) {
    boolean grown = true;
    while (grown) {
      grown = false;
      List<Integer> turn =
          IntStream.range(0, neurons.length)
              .filter(i -> neurons[i] < layer(i).neurons())
              .boxed()
              .sorted(
                  Comparator.comparingDouble(
                      i -> (double) (neurons[i] - wanted[i]) / layer(i).neurons()))
              .toList();
      for (int i : turn) {
        int before = neurons[i];
        neurons[i] = Math.min(layer(i).neurons(), before - before % widthMultiple + widthMultiple);
        if (fits(heads, neurons)) {
          grown = true;
        } else {
          neurons[i] = before;
        }
      }
    }
  }

  private void growHeads(int[] heads, int[] neurons) {
    boolean grown =
        IntStream.range(0, neurons.length).allMatch(i -> neurons[i] == layer(i).neurons());
    while (grown) {
      grown = false;
      for (int i = 0; i < heads.length; i++) {
        int before = heads[i];
        heads[i] = withUnits(i, heads, 1);
        if (heads[i] > before && fits(heads, neurons)) {
          grown = true;
        } else {
          heads[i] = before;
        }
      }
    }
  }

  private int[] shifted(int[] wanted, double shift) {
    Widths widths = new Widths(model, widthMultiple);
    return IntStream.range(0, wanted.length)
        .map(
            i -> {
              int all = layer(i).neurons();
              int kept = (int) Math.min(all, Math.floor(wanted[i] + shift * all));
              return kept == all
                  ? all
                  : Math.max(widths.least(i), kept - Math.floorMod(kept, widthMultiple));
            })
        .toArray();
  }

  private boolean fits(int[] heads, int[] neurons) {
    return table.seconds(heads, neurons) <= seconds();
  }

  private int units(int layer, int[] heads) {
    return layer(layer).unitsOf(heads[layer]);
  }

  private int withUnits(int layer, int[] heads, int more) {
    return layer(layer).headsOf(units(layer, heads) + more);
  }

  private PrunableLayer layer(int layer) {
    return model.layers().get(layer);
  }

  private static void requireMeasured(PrunableLayer layer, LatencyTable.Layer measured, int index) {
    int neurons = measured.neurons().get(measured.neurons().size() - 1);
    if (measured.headsInUnit() != layer.headsInUnit()
        || measured.attention().size() != layer.attentionUnits()
        || neurons != layer.neurons()) {
      throw new IllegalArgumentException(
          "layer %d: %d units of %d query heads and %d neurons were measured, the model has %d of %d and %d"
              .formatted(
                  index,
                  measured.attention().size(),
                  measured.headsInUnit(),
                  neurons,
                  layer.attentionUnits(),
                  layer.headsInUnit(),
                  layer.neurons()));
    }
  }
}
