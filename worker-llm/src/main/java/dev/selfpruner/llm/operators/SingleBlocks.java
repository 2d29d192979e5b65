package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Probing;
import dev.selfpruner.activities.search.SearchSpace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Candidates that differ from a base in one block, or in one layer where one rate cuts both of its
 * blocks: off the budget, to measure what the block is worth. Their ids say which, and what it
 * keeps: {@code i00-probe-l03-attention-05} has 5 units of query heads, {@code
 * i00-probe-l03-mlp-640} 640 neurons, and {@code i00-probe-l03-layer-98304} so many parameters.
 *
 * @param widthMultiple of the search's budget
 */
public record SingleBlocks(
    PrunableModel model, SearchSpace space, Probing probing, int widthMultiple) {
  /** Id of the dense model among its probes. */
  public static final String DENSE = "dense";

  /** Id of the individual among its neighbours. */
  public static final String BASE = "base";

  /** MLPs of this size and more are measured at widths that matrix products are fast at. */
  private static final int WIDE = 256;

  private static final int WIDE_MULTIPLE = 16;

  /**
   * The dense model, and each of its blocks cut by itself: attention to every number of units below
   * all, an MLP to {@link Probing#levels} widths in equal steps (whole layers to as many rates).
   */
  public List<Candidate> ofDense() {
    PruningPlan dense = model.dense();
    List<Candidate> probes = new ArrayList<>();
    probes.add(
        base(DENSE, dense, new Lineage(0, Operator.PROBE, BuiltInOperators.SOURCE, List.of())));
    LayerRates shares = probes.get(0).rates();
    for (int i = 0; i < model.layers().size(); i++) {
      for (LayerPlan cut : space == SearchSpace.LAYERS ? rates(i) : blocks(i)) {
        probes.add(probe(probes.get(0), shares, i, cut));
      }
    }
    return List.copyOf(probes);
  }

  /**
   * An individual, and its neighbours with one block a step up or down: attention by one unit, and
   * in a far descent by two, four and so on as far as it goes, an MLP by a share of its neurons (a
   * layer by that share of its parameters) as {@link Probing#inDescent} says.
   *
   * @param iteration the descent, from 1
   * @param descents how many there are; 1 for the step as it is given, whatever the iteration
   */
  public List<Candidate> around(Individual individual, int iteration, int descents) {
    double share = probing.inDescent(iteration, descents).step();
    Lineage lineage =
        new Lineage(
            iteration,
            Operator.PROBE,
            BuiltInOperators.SOURCE,
            List.of(individual.candidate().id()));
    Candidate base =
        new Candidate(BASE, individual.candidate().rates(), individual.candidate().plan(), lineage);
    List<Candidate> probes = new ArrayList<>(List.of(base));
    LayerRates shares = Shares.removed(model, base.plan());
    for (int i = 0; i < model.layers().size(); i++) {
      LayerPlan kept = base.plan().layers().get(i);
      PrunableLayer layer = model.layers().get(i);
      List<LayerPlan> steps =
          space == SearchSpace.LAYERS
              ? shifts(layer, kept, share)
              : steps(layer, kept, share, probing.isFar(iteration));
      for (LayerPlan step : steps) {
        probes.add(probe(base, shares, i, step));
      }
    }
    return List.copyOf(probes);
  }

  private List<LayerPlan> blocks(int index) {
    PrunableLayer layer = model.layers().get(index);
    List<LayerPlan> cuts = new ArrayList<>();
    for (int units = layer.attentionUnits() - 1; units >= 1; units--) {
      cuts.add(new LayerPlan(layer.headsOf(units), layer.neurons()));
    }
    int levels = probing.levels();
    int multiple = layer.neurons() >= WIDE ? WIDE_MULTIPLE : 1;
    IntStream.iterate(levels, level -> level >= 1, level -> level - 1)
        .map(level -> rounded((double) layer.neurons() * level / (levels + 1), multiple))
        .filter(kept -> kept < layer.neurons())
        .distinct()
        .forEach(kept -> cuts.add(new LayerPlan(layer.queryHeads(), kept)));
    return cuts;
  }

  private List<LayerPlan> rates(int index) {
    PrunableLayer layer = model.layers().get(index);
    int levels = probing.levels();
    Set<Long> sizes = new HashSet<>(Set.of(layer.parameters()));
    return IntStream.rangeClosed(1, levels)
        .mapToObj(level -> Shares.atRate(layer, (double) level / (levels + 1)))
        .filter(cut -> sizes.add(layer.parameters(cut)))
        .toList();
  }

  /** Less and more of a layer; where units are too coarse for a step down or up, there is none. */
  private static List<LayerPlan> shifts(PrunableLayer layer, LayerPlan kept, double share) {
    long size = layer.parameters(kept);
    double rate = 1.0 - (double) size / layer.parameters();
    LayerPlan less = Shares.atRate(layer, Math.min(1.0, rate + share));
    LayerPlan more = Shares.atRate(layer, Math.max(0.0, rate - share));
    List<LayerPlan> shifts = new ArrayList<>();
    if (layer.parameters(less) < size) {
      shifts.add(less);
    }
    if (layer.parameters(more) > size) {
      shifts.add(more);
    }
    return shifts;
  }

  /** Fewer and more of each block, as far as it can. */
  private List<LayerPlan> steps(PrunableLayer layer, LayerPlan kept, double share, boolean far) {
    int multiple = Math.max(widthMultiple, layer.neurons() >= WIDE ? WIDE_MULTIPLE : 1);
    int step = rounded(layer.neurons() * share, multiple);
    int fewer = Math.max(Math.min(kept.neurons(), multiple), kept.neurons() - step);
    int more = Math.min(layer.neurons(), kept.neurons() + step);
    return Stream.concat(
            attention(layer, layer.unitsOf(kept.queryHeads()), far)
                .mapToObj(units -> new LayerPlan(layer.headsOf(units), kept.neurons())),
            Stream.of(
                new LayerPlan(kept.queryHeads(), fewer), new LayerPlan(kept.queryHeads(), more)))
        .filter(other -> !other.equals(kept))
        .toList();
  }

  /** Fewer and more units than a layer keeps, in ascending order. */
  private static IntStream attention(PrunableLayer layer, int units, boolean far) {
    int most = layer.attentionUnits();
    return IntStream.iterate(1, distance -> distance < most, distance -> 2 * distance)
        .limit(far ? most : 1)
        .flatMap(distance -> IntStream.of(units - distance, units + distance))
        .filter(count -> count >= 1 && count <= most)
        .distinct()
        .sorted();
  }

  /** The nearest multiple, at least one. */
  private static int rounded(double count, int multiple) {
    return Math.max(1, (int) Math.round(count / multiple)) * multiple;
  }

  private Candidate base(String id, PruningPlan plan, Lineage lineage) {
    return new Candidate(id, LayerRates.uniform(plan.layers().size(), 0.0), plan, lineage);
  }

  private Candidate probe(Candidate base, LayerRates shares, int index, LayerPlan step) {
    PruningPlan plan = Shares.with(base.plan(), index, step);
    String id =
        "i%02d-probe-l%02d-%s"
            .formatted(base.lineage().iteration(), index, block(base.plan(), index, step));
    return new Candidate(id, Shares.with(model, shares, index, step), plan, base.lineage());
  }

  private String block(PruningPlan base, int index, LayerPlan step) {
    if (space == SearchSpace.LAYERS) {
      return "layer-%d".formatted(model.layers().get(index).parameters(step));
    }
    return base.layers().get(index).queryHeads() == step.queryHeads()
        ? "mlp-%d".formatted(step.neurons())
        : "attention-%02d".formatted(model.layers().get(index).unitsOf(step.queryHeads()));
  }
}
