package dev.selfpruner.activities.plan;

import dev.selfpruner.activities.plan.Knapsack.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The best plan on a budget if losses of blocks add up: the choice of units for every block with
 * the least sum of measured losses, by dynamic programming, then completed to the neuron.
 */
public record Allocation(PlanBudget budget) {
  /** Numbers of neurons, or rates, that a block may choose from. */
  private static final int CHOICES = 64;

  /** Parts of a measured step that neurons may move by; attention moves by whole steps. */
  private static final int PARTS = 4;

  /** How many times as far attention goes with every further step of a reach. */
  private static final int FARTHER = 4;

  /** What a block keeps, with what that costs. */
  private record Choice(int kept, Option option) {}

  /** A loss by units kept. */
  @FunctionalInterface
  private interface Loss {
    double of(long kept);
  }

  /**
   * The best plan for attention and MLPs apart. An MLP keeps no fewer neurons than it was measured
   * with, where the budget can be met so: beyond that its curve is a guess, and losses bend
   * upwards.
   *
   * @throws IllegalArgumentException if the sensitivity is another model's, or lacks a block that
   *     has a choice
   */
  public PruningPlan blocks(Sensitivity sensitivity) {
    requireLayers(sensitivity.layers().size());
    boolean measuredOnly = canKeepMeasured(sensitivity);
    List<List<Choice>> attention = new ArrayList<>();
    List<List<Choice>> mlp = new ArrayList<>();
    for (int i = 0; i < layers().size(); i++) {
      PrunableLayer layer = layers().get(i);
      Sensitivity.Layer measured = sensitivity.layers().get(i);
      double dense = sensitivity.dense();
      attention.add(
          choices(
              new Block(i, Block.Kind.ATTENTION),
              everyUnit(layer),
              loss(i, "attention", measured.attention(), layer.queryHeads(), dense)));
      mlp.add(
          choices(
              new Block(i, Block.Kind.MLP),
              widths(layer, measuredOnly ? fewestMeasured(layer, measured) : 1),
              loss(i, "MLP", measured.mlp(), layer.neurons(), dense)));
    }
    return budget.complete(best(attention, mlp));
  }

  /**
   * The best rates where one rate cuts a layer's attention and MLP, on the budget.
   *
   * @throws IllegalArgumentException if the sensitivity is another model's, or lacks a layer; or if
   *     the budget is of time, of which a layer's rate doesn't say enough
   */
  public LayerRates rates(Sensitivity sensitivity) {
    requireLayers(sensitivity.layers().size());
    if (!(budget instanceof Budget)) {
      throw new IllegalArgumentException("rates of whole layers are of a budget of parameters");
    }
    List<List<Option>> options = new ArrayList<>();
    for (int i = 0; i < layers().size(); i++) {
      PrunableLayer layer = layers().get(i);
      long all = layer.parameters();
      Loss loss = loss(i, "layer", sensitivity.layers().get(i).whole(), all, sensitivity.dense());
      options.add(
          IntStream.rangeClosed(0, CHOICES)
              .mapToLong(step -> Math.round(all * rate(layer, step)))
              .mapToObj(removed -> new Option(removed, loss.of(all - removed)))
              .toList());
    }
    int[] chosen = new Knapsack(options, budget.toSave(), 1, 0).choose(0);
    return budget.project(
        new LayerRates(
            IntStream.range(0, chosen.length)
                .mapToObj(i -> rate(layers().get(i), chosen[i]))
                .toList()));
  }

  /**
   * The best combination of moves from {@code base} that keeps the budget, as far as measured steps
   * foretell it: each block by up to {@code reach} of its steps, neurons also by parts of them;
   * attention that was measured farther than one step, by four times as many units for every
   * further step. The completion may take single neurons further.
   *
   * @param reach steps, at least 1
   * @throws IllegalArgumentException if the plan or the sensitivity is another model's, or a level
   *     is not one step from the plan
   */
  public PruningPlan step(PruningPlan base, LocalSensitivity local, int reach) {
    budget.model().parameters(base); // refuses another model's
    requireLayers(local.layers().size());
    if (reach < 1) {
      throw new IllegalArgumentException("a reach of at least one step, not " + reach);
    }
    List<List<Choice>> attention = new ArrayList<>();
    List<List<Choice>> mlp = new ArrayList<>();
    for (int i = 0; i < layers().size(); i++) {
      LayerPlan kept = base.layers().get(i);
      LocalSensitivity.Layer measured = local.layers().get(i);
      attention.add(
          moves(i, Block.Kind.ATTENTION, kept.queryHeads(), measured.attention(), local, reach));
      mlp.add(moves(i, Block.Kind.MLP, kept.neurons(), measured.mlp(), local, reach));
    }
    return budget.complete(best(attention, mlp));
  }

  private List<Choice> moves(
      int index,
      Block.Kind kind,
      int base,
      List<Level> measured,
      LocalSensitivity local,
      int reach) {
    Block block = new Block(index, kind);
    if (measured.isEmpty()) {
      return choices(block, IntStream.of(base), kept -> 0.0);
    }
    if (kind == Block.Kind.ATTENTION && FarLoss.isMeasured(base, measured)) {
      return far(block, base, FarLoss.around(base, local.base(), measured), reach);
    }
    LocalLoss loss;
    try {
      loss = LocalLoss.near(base, local.base(), measured);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s of layer %d: %s".formatted(kind, index, e.getMessage()), e);
    }
    int parts = kind == Block.Kind.MLP ? PARTS : 1;
    IntStream kept =
        IntStream.rangeClosed(-reach * parts, reach * parts)
            .map(part -> moved(layers().get(index), kind, base, loss, (double) part / parts))
            .distinct()
            .map(count -> -count)
            .sorted()
            .map(count -> -count);
    return choices(block, kept, loss::change);
  }

  private List<Choice> far(Block block, int base, FarLoss loss, int reach) {
    PrunableLayer layer = layers().get(block.layer());
    int farthest = (int) Math.min(layer.attentionUnits(), StrictMath.pow(FARTHER, reach - 1));
    return choices(
        block,
        everyUnit(layer)
            .filter(loss::reaches)
            .filter(heads -> Math.abs(layer.unitsOf(heads) - layer.unitsOf(base)) <= farthest),
        loss::change);
  }

  /** Units that a block keeps some steps from its base: whole units, within the block's bounds. */
  private int moved(PrunableLayer layer, Block.Kind kind, int base, LocalLoss loss, double steps) {
    long kept = base + Math.round(steps * (steps < 0 ? loss.down() : loss.up()));
    int multiple = kind == Block.Kind.MLP ? budget.widthMultiple() : layer.headsInUnit();
    int all = kind == Block.Kind.MLP ? layer.neurons() : layer.queryHeads();
    if (kept == base || kept >= all) {
      return (int) Math.min(kept, all);
    }
    long whole = Math.round((double) kept / multiple) * multiple;
    return (int) Math.max(Math.min(multiple, all), Math.min(all, whole));
  }

  private static IntStream everyUnit(PrunableLayer layer) {
    return IntStream.range(0, layer.attentionUnits())
        .map(gone -> layer.headsOf(layer.attentionUnits() - gone));
  }

  /** Whether the budget can be met where no MLP is cut further than it was measured. */
  private boolean canKeepMeasured(Sensitivity sensitivity) {
    double removable = 0;
    for (int i = 0; i < layers().size(); i++) {
      PrunableLayer layer = layers().get(i);
      int neurons = fewestMeasured(layer, sensitivity.layers().get(i));
      removable +=
          budget.saved(new Block(i, Block.Kind.ATTENTION), layer.headsOf(1))
              + budget.saved(new Block(i, Block.Kind.MLP), neurons);
    }
    return removable >= budget.toSave();
  }

  private int fewestMeasured(PrunableLayer layer, Sensitivity.Layer measured) {
    long fewest = measured.mlp().stream().mapToLong(Level::kept).min().orElse(layer.neurons());
    int multiple = budget.widthMultiple();
    long whole = (fewest + multiple - 1) / multiple * multiple;
    return (int) Math.max(1, Math.min(layer.neurons(), whole));
  }

  /** All neurons, and evenly fewer down to one multiple, or to {@code fewest}. */
  private IntStream widths(PrunableLayer layer, int fewest) {
    int multiple = budget.widthMultiple();
    int least = Math.min(Math.max(multiple, fewest), layer.neurons());
    int span = layer.neurons() - least;
    return IntStream.rangeClosed(0, CHOICES)
        .map(step -> layer.neurons() - (int) ((long) span * step / CHOICES))
        .map(kept -> kept == layer.neurons() ? kept : Math.max(least, kept - kept % multiple))
        .distinct();
  }

  private List<Choice> choices(Block block, IntStream descending, Loss loss) {
    return descending
        .mapToObj(kept -> new Choice(kept, new Option(budget.saved(block, kept), loss.of(kept))))
        .toList();
  }

  private PruningPlan best(List<List<Choice>> attention, List<List<Choice>> mlp) {
    List<List<Option>> options =
        Stream.concat(attention.stream(), mlp.stream())
            .map(block -> block.stream().map(Choice::option).toList())
            .toList();
    int[] chosen =
        new Knapsack(options, budget.toSave(), budget.step(), budget.tolerance())
            .choose(attention.size());
    List<LayerPlan> layers = new ArrayList<>();
    for (int i = 0; i < attention.size(); i++) {
      layers.add(
          new LayerPlan(
              attention.get(i).get(chosen[i]).kept(),
              mlp.get(i).get(chosen[attention.size() + i]).kept()));
    }
    return new PruningPlan(layers);
  }

  /** The measured curve; a block that keeps all without having been measured costs nothing. */
  private static Loss loss(int index, String block, List<Level> levels, long all, double dense) {
    if (levels.isEmpty()) {
      return kept -> {
        if (kept < all) {
          throw new IllegalArgumentException(
              "no loss was measured with fewer units in layer %d's %s".formatted(index, block));
        }
        return 0;
      };
    }
    try {
      LossCurve curve = LossCurve.through(levels, all, dense);
      return kept -> curve.at((double) kept) - dense;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s of layer %d: %s".formatted(block, index, e.getMessage()), e);
    }
  }

  private static double rate(PrunableLayer layer, int step) {
    return Budget.highestRate(layer) * step / CHOICES;
  }

  private void requireLayers(int count) {
    if (count != layers().size()) {
      throw new IllegalArgumentException(
          "%d layers were measured, the model has %d".formatted(count, layers().size()));
    }
  }

  private List<PrunableLayer> layers() {
    return budget.model().layers();
  }
}
