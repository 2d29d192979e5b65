package dev.selfpruner.workflows;

import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.ProposalRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/**
 * What proposes plans for {@link FakeBlocks}: on the budget, but for probes.
 *
 * @param population to vary, best first
 * @param measured perplexity of each probe, by its id
 */
record FakeOperators(
    ProposalRequest request, List<Individual> population, Map<String, Double> measured) {

  /** Here time goes with parameters. */
  private static final double WHERE_TIME_COUNTS = 0.3;

  private static final int BLOCKS = 2 * FakeBlocks.LAYERS;

  List<Candidate> propose() {
    return switch (request.operator()) {
      case BASELINE ->
          List.of(named("dense", FakeBlocks.DENSE), named("uniform", onBudget(uniform())));
      case PROBE -> population.isEmpty() ? blocks() : neighbours();
      case INITIALISE -> initialise();
      case DESCEND -> descend();
      case LEVEL_SWITCH -> distinct(random -> switched(parent(random), random));
      case MUTATE -> distinct(random -> turned(parent(random), random));
      case INJECT -> throw new IllegalArgumentException("given, not proposed");
      case CROSS_OVER -> distinct(random -> crossed(parent(random), parent(random), random));
    };
  }

  /** Every block of the dense model at every number of heads, or at some numbers of neurons. */
  private List<Candidate> blocks() {
    List<Candidate> all = new ArrayList<>(List.of(named("dense", FakeBlocks.DENSE)));
    int levels = request.probing().get(0).levels();
    for (int block = 0; block < BLOCKS; block++) {
      int steps = block % 2 == 0 ? FakeBlocks.HEADS - 1 : levels;
      for (int kept = steps; kept >= 1; kept--) {
        int units = block % 2 == 0 ? kept : FakeBlocks.NEURONS * kept / (levels + 1);
        all.add(named(block + "-" + units, with(FakeBlocks.DENSE, block, units)));
      }
    }
    return all;
  }

  /** The best individual with each block a step up and down, as far as it goes. */
  private List<Candidate> neighbours() {
    PruningPlan base = population.get(0).candidate().plan();
    List<Candidate> all = new ArrayList<>(List.of(named("base", base)));
    for (int block = 0; block < BLOCKS; block++) {
      for (int sign : List.of(1, -1)) {
        int units = units(base, block) + sign * step(block);
        if (units >= 1 && units <= units(FakeBlocks.DENSE, block)) {
          all.add(named(block + (sign > 0 ? "+" : "-"), with(base, block, units)));
        }
      }
    }
    return all;
  }

  private int step(int block) {
    double share = request.probing().get(0).step();
    return block % 2 == 0 ? 1 : Math.max(1, (int) Math.round(FakeBlocks.NEURONS * share));
  }

  /** First the best sum of what was measured of each block, then of it with noise, then uniform. */
  private List<Candidate> initialise() {
    List<Candidate> all = new ArrayList<>();
    Random random = random();
    Set<String> known = new HashSet<>(Set.of(onBudget(uniform()).digest()));
    while (all.size() < request.count() - 1) {
      PruningPlan plan =
          measured.isEmpty()
              ? turned(onBudget(uniform()), random)
              : onBudget(cheapest(all.isEmpty() ? 0 : 0.5, random));
      if (known.add(plan.digest())) {
        all.add(numbered(all.size(), plan, List.of()));
      }
    }
    all.add(numbered(all.size(), onBudget(uniform()), List.of()));
    return all;
  }

  /** Takes 25 parameters at a time from where it costs least, to just above the budget. */
  private PruningPlan cheapest(double noise, Random random) {
    double[] factors = random.doubles(BLOCKS, 1 - noise, 1 + noise + 1e-9).toArray();
    PruningPlan plan = FakeBlocks.DENSE;
    while (FakeBlocks.parameters(plan) - FakeBlocks.HEAD_SIZE >= budget()) {
      PruningPlan best = plan;
      double least = Double.POSITIVE_INFINITY;
      for (int block = 0; block < BLOCKS; block++) {
        int units = units(plan, block) - (block % 2 == 0 ? 1 : FakeBlocks.HEAD_SIZE);
        double cost = units < 1 ? least : factors[block] * (loss(block, units) - loss(block, plan));
        if (cost < least) {
          least = cost;
          best = with(plan, block, units);
        }
      }
      plan = best;
    }
    return plan;
  }

  private double loss(int block, PruningPlan plan) {
    return loss(block, units(plan, block));
  }

  private double loss(int block, int units) {
    return Math.log(
        units == units(FakeBlocks.DENSE, block)
            ? measured.get("dense")
            : measured.get(block + "-" + units));
  }

  /** One, two and three exchanges of what costs least for what gains most. */
  private List<Candidate> descend() {
    if (measured.get("base").isInfinite()) {
      return List.of();
    }
    PruningPlan plan = population.get(0).candidate().plan();
    Map<Integer, Double> down = changes("-");
    Map<Integer, Double> up = changes("+");
    List<Candidate> all = new ArrayList<>();
    Set<String> known = new HashSet<>(Set.of(plan.digest()));
    for (int reach = 0; reach < request.count() && !up.isEmpty(); reach++) {
      int grows = cheapest(up);
      up.remove(grows);
      down.remove(grows);
      if (down.isEmpty()) {
        break;
      }
      int shrinks = cheapest(down);
      up.remove(shrinks);
      down.remove(shrinks);
      plan = with(plan, grows, units(plan, grows) + step(grows));
      plan = with(plan, shrinks, units(plan, shrinks) - step(shrinks));
      PruningPlan met = onBudget(plan);
      if (known.add(met.digest())) {
        all.add(numbered(all.size(), met, List.of(population.get(0).candidate().id())));
      }
    }
    return all;
  }

  private Map<Integer, Double> changes(String sign) {
    Map<Integer, Double> changes = new LinkedHashMap<>();
    for (int block = 0; block < BLOCKS; block++) {
      if (measured.containsKey(block + sign)) {
        changes.put(block, measured.get(block + sign) - measured.get("base"));
      }
    }
    return changes;
  }

  private static int cheapest(Map<Integer, Double> changes) {
    return changes.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }

  /** As many as are wanted, none of them a parent, fewer where chance finds no more. */
  private List<Candidate> distinct(Function<Random, PruningPlan> draw) {
    Random random = random();
    Set<String> known = new HashSet<>();
    population.forEach(each -> known.add(each.candidate().plan().digest()));
    List<Candidate> all = new ArrayList<>();
    for (int i = 0; i < 100 * request.count() && all.size() < request.count(); i++) {
      PruningPlan plan = draw.apply(random);
      if (known.add(plan.digest())) {
        all.add(numbered(all.size(), plan, List.of()));
      }
    }
    return all;
  }

  private PruningPlan parent(Random random) {
    return population.get(random.nextInt(population.size())).candidate().plan();
  }

  /** Neurons move from one layer to another. */
  private static PruningPlan switched(PruningPlan parent, Random random) {
    int from = 2 * random.nextInt(FakeBlocks.LAYERS) + 1;
    int to = 2 * random.nextInt(FakeBlocks.LAYERS) + 1;
    int most = Math.min(units(parent, from) - 1, FakeBlocks.NEURONS - units(parent, to));
    int moved = Math.min(most, 1 + random.nextInt(10));
    PruningPlan less = with(parent, from, units(parent, from) - moved);
    return with(less, to, units(less, to) + moved);
  }

  /** A head goes or comes, and neurons make up for it. */
  private PruningPlan turned(PruningPlan parent, Random random) {
    int block = 2 * random.nextInt(FakeBlocks.LAYERS);
    int heads = units(parent, block) + (random.nextBoolean() ? 1 : -1);
    return onBudget(
        with(switched(parent, random), block, Math.max(1, Math.min(FakeBlocks.HEADS, heads))));
  }

  private PruningPlan crossed(PruningPlan one, PruningPlan other, Random random) {
    List<LayerPlan> layers = new ArrayList<>();
    for (int i = 0; i < FakeBlocks.LAYERS; i++) {
      layers.add((random.nextBoolean() ? one : other).layers().get(i));
    }
    return onBudget(new PruningPlan(layers));
  }

  private static PruningPlan uniform() {
    return FakeBlocks.plan(new int[] {3, 3, 3}, new int[] {65, 65, 65});
  }

  /** Neurons come and go, one layer after the other, until the budget is met. */
  private PruningPlan onBudget(PruningPlan plan) {
    PruningPlan met = plan;
    for (int i = 0; FakeBlocks.parameters(met) != budget(); i++) {
      int block = 2 * (i % FakeBlocks.LAYERS) + 1;
      int units = units(met, block) + Integer.signum(budget() - FakeBlocks.parameters(met));
      if (units >= 1 && units <= FakeBlocks.NEURONS) {
        met = with(met, block, units);
      }
    }
    return met;
  }

  private int budget() {
    double sparsity = request.latency().isEmpty() ? request.sparsity() : WHERE_TIME_COUNTS;
    return (int) Math.round(FakeBlocks.PARAMETERS * (1 - sparsity));
  }

  private static int units(PruningPlan plan, int block) {
    LayerPlan layer = plan.layers().get(block / 2);
    return block % 2 == 0 ? layer.queryHeads() : layer.neurons();
  }

  private static PruningPlan with(PruningPlan plan, int block, int units) {
    List<LayerPlan> layers = new ArrayList<>(plan.layers());
    LayerPlan layer = layers.get(block / 2);
    layers.set(
        block / 2,
        block % 2 == 0
            ? new LayerPlan(units, layer.neurons())
            : new LayerPlan(layer.queryHeads(), units));
    return new PruningPlan(layers);
  }

  private Random random() {
    String what = "%d/%d/%s".formatted(request.seed(), request.iteration(), request.operator());
    return new Random(what.hashCode());
  }

  private Candidate numbered(int number, PruningPlan plan, List<String> parents) {
    String id = "%s-%d-%d".formatted(request.operator(), request.iteration(), number);
    return candidate(id, plan, parents);
  }

  private Candidate named(String id, PruningPlan plan) {
    return candidate(id, plan, List.of());
  }

  private Candidate candidate(String id, PruningPlan plan, List<String> parents) {
    return new Candidate(
        id,
        FakeBlocks.rates(plan),
        plan,
        new Lineage(request.iteration(), request.operator(), "fake", parents));
  }
}
