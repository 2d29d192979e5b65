package dev.selfpruner.activities.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The time that a pruned model may take, as a table foretells it, and the projections onto it: no
 * plan takes longer, and one multiple of neurons or one unit of heads more anywhere would.
 *
 * @param table measured seconds of the model's blocks
 * @param seconds that a plan may take; less than the dense model takes
 * @param widthMultiple what the neurons that a layer keeps are a multiple of, unless it keeps all;
 *     here without exception
 */
public record LatencyBudget(
    PrunableModel model, LatencyTable table, double seconds, int widthMultiple)
    implements PlanBudget {
  private static final int BISECTIONS = 60;

  /** Parts of the dense blocks' time that dynamic programming tells apart, at the most. */
  private static final long PARTS = 1 << 18;

  /**
   * @throws IllegalArgumentException if the table is of another model, the dense model is fast
   *     enough, or not even the smallest plan is
   */
  public LatencyBudget {
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
    if (!(seconds >= least)) { // also catches NaN
      throw new IllegalArgumentException(
          "no plan takes %.4g ms: the smallest takes %.4g ms, the dense model %.4g ms"
              .formatted(1e3 * seconds, 1e3 * least, 1e3 * table.dense()));
    }
    if (seconds >= table.dense()) {
      throw new IllegalArgumentException(
          "nothing to remove: the dense model takes %.4g ms, and %.4g ms may pass"
              .formatted(1e3 * table.dense(), 1e3 * seconds));
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>By the time that a plan would take where units could go in part.
   */
  @Override
  public LayerRates project(LayerRates rates) {
    requireLayers(rates.rates().size());
    double low = -1.0;
    double high = 1.0;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      if (secondsOf(shifted(rates, middle)) > seconds) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return shifted(rates, high);
  }

  @Override
  public PruningPlan plan(LayerRates rates) {
    LayerRates projected = project(rates);
    return plan(new BlockRates(projected.rates(), projected.rates()));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Each layer's attention keeps the units that come nearest to its rate, unless neurons can't
   * save enough; the MLPs' rates are shifted by the same amount.
   */
  @Override
  public PruningPlan plan(BlockRates rates) {
    requireLayers(rates.attention().size());
    double[] attention = new double[model.layers().size()];
    double[] neurons = new double[attention.length];
    for (int i = 0; i < attention.length; i++) {
      attention[i] =
          (1 - rates.attention().get(i)) * layer(i).attentionParameters(layer(i).queryHeads());
      neurons[i] = (1 - rates.mlp().get(i)) * layer(i).neurons();
    }
    int[] units = UnitCounts.nearest(model, attention);
    return complete(
        IntStream.range(0, units.length).map(i -> layer(i).headsOf(units[i])).toArray(), neurons);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Its heads, and its neurons, moved by the same share of every layer's. Heads go, those that
   * save most first, only where neurons can't save enough, and come back only where no more neurons
   * can.
   */
  @Override
  public PruningPlan complete(PruningPlan plan) {
    model.parameters(plan); // refuses another model's
    return complete(
        plan.layers().stream().mapToInt(LayerPlan::queryHeads).toArray(),
        plan.layers().stream().mapToDouble(LayerPlan::neurons).toArray());
  }

  private PruningPlan complete(int[] heads, double[] wanted) {
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

  @Override
  public PruningPlan uniform() {
    return plan(new LayerRates(Collections.nCopies(model.layers().size(), 0.0)));
  }

  @Override
  public double sparsity() {
    return model.removedShare(uniform());
  }

  /** In nanoseconds. */
  @Override
  public long saved(Block block, int kept) {
    LatencyTable.Layer measured = table.layers().get(block.layer());
    PrunableLayer all = layer(block.layer());
    double saved =
        switch (block.kind()) {
          case ATTENTION ->
              measured.attentionSeconds(all.queryHeads()) - measured.attentionSeconds(kept);
          case MLP -> measured.mlpSeconds(all.neurons()) - measured.mlpSeconds(kept);
        };
    return Math.round(1e9 * saved);
  }

  @Override
  public double toSave() {
    return 1e9 * (table.dense() - seconds);
  }

  @Override
  public long step() {
    return Math.max(1, Math.round(1e9 * (table.dense() - table.outside())) / PARTS);
  }

  @Override
  public long tolerance() {
    return 0;
  }

  private void shrinkHeads(int[] heads) {
    int[] least = shifted(new double[heads.length], 0);
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
  private void growNeurons(int[] heads, int[] neurons, double[] wanted) {
    boolean grown = true;
    while (grown) {
      grown = false;
      List<Integer> turn =
          IntStream.range(0, neurons.length)
              .filter(i -> neurons[i] < layer(i).neurons())
              .boxed()
              .sorted(
                  Comparator.comparingDouble(i -> (neurons[i] - wanted[i]) / layer(i).neurons()))
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
    boolean grown = true;
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

  private int[] shifted(double[] wanted, double shift) {
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
    return table.seconds(heads, neurons) <= seconds;
  }

  private double secondsOf(LayerRates rates) {
    double sum = table.outside();
    for (int i = 0; i < rates.rates().size(); i++) {
      sum += table.layers().get(i).secondsWithout(rates.rates().get(i));
    }
    return sum;
  }

  private LayerRates shifted(LayerRates rates, double shift) {
    List<Double> result = new ArrayList<>();
    for (int i = 0; i < rates.rates().size(); i++) {
      double most = Budget.highestRate(layer(i));
      result.add(Math.max(0.0, Math.min(most, rates.rates().get(i) + shift)));
    }
    return new LayerRates(result);
  }

  private void requireLayers(int count) {
    if (count != model.layers().size()) {
      throw new IllegalArgumentException(
          "%d rates for %d layers".formatted(count, model.layers().size()));
    }
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
