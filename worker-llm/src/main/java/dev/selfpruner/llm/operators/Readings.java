package dev.selfpruner.llm.operators;

import dev.selfpruner.activities.plan.Level;
import dev.selfpruner.activities.plan.LocalSensitivity;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.SearchSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What probes of single blocks gave.
 *
 * @param base what all of them are but for one block
 * @param loss the base's, in mean nats a token
 * @param layers losses by what the layer's blocks keep; by what the layer keeps where one rate cuts
 *     both
 */
public record Readings(Candidate base, double loss, List<Sensitivity.Layer> layers) {
  /**
   * Nats a token that a probe without a number counts beyond the worst that has one: such a block
   * must not be cut so far.
   */
  private static final double BROKEN = 10.0;

  public Readings {
    layers = List.copyOf(layers);
  }

  /**
   * Probes that were measured together.
   *
   * @param candidates the set that they are of
   * @param fitness measured, the base's among them
   */
  public record Batch(CandidateSet candidates, List<Fitness> fitness) {
    public Batch {
      fitness = List.copyOf(fitness);
    }

    /**
     * Why the base has no number; empty where it has one.
     *
     * @throws IllegalArgumentException if it wasn't measured with the others
     */
    public Optional<String> failed(String baseId) {
      Fitness base = base(baseId);
      return base.isFinite()
          ? Optional.empty()
          : Optional.of(base.failed().isEmpty() ? "an infinite perplexity" : base.failed());
    }

    private Fitness base(String id) {
      return fitness.stream()
          .filter(each -> each.candidateId().equals(id))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "probes without the candidate %s, which they are to be compared with"
                          .formatted(id)));
    }
  }

  /**
   * Reads probes; each counts by how far its loss lies above that of the base in the same batch.
   *
   * @param baseId id of the base: in every batch, with the same plan
   * @throws IllegalArgumentException if there is no batch, the base wasn't measured with one or has
   *     no number, or a probe differs from the base in more than a block
   */
  public static Readings of(
      List<Batch> batches, String baseId, PrunableModel model, SearchSpace space) {
    if (batches.isEmpty()) {
      throw new IllegalArgumentException("no probes were measured");
    }
    Candidate base = batches.get(0).candidates().candidate(baseId);
    double loss = loss(batches.get(0), baseId);
    double worst =
        batches.stream()
            .flatMap(batch -> rises(batch, baseId))
            .filter(Double::isFinite)
            .max(Double::compare)
            .orElse(0.0);
    Blocks blocks = new Blocks(base.plan(), model, space);
    for (Batch batch : batches) {
      double before = loss(batch, baseId);
      for (Fitness fitness : batch.fitness()) {
        double rise = StrictMath.log(fitness.perplexity()) - before;
        if (!fitness.candidateId().equals(baseId)) {
          blocks.enter(
              batch.candidates().candidate(fitness.candidateId()),
              loss + (Double.isFinite(rise) ? rise : worst + BROKEN));
        }
      }
    }
    return new Readings(base, loss, blocks.layers());
  }

  /** What the blocks of the base, which is the dense model, cost. */
  public Sensitivity sensitivity() {
    return new Sensitivity(layers, loss);
  }

  /** What single steps from the base cost, attention and MLP apart. */
  LocalSensitivity local() {
    return new LocalSensitivity(
        layers.stream()
            .map(layer -> new LocalSensitivity.Layer(layer.attention(), layer.mlp()))
            .toList(),
        loss);
  }

  private static Stream<Double> rises(Batch batch, String baseId) {
    double before = loss(batch, baseId);
    return batch.fitness().stream().map(fitness -> StrictMath.log(fitness.perplexity()) - before);
  }

  private static double loss(Batch batch, String baseId) {
    double perplexity = batch.base(baseId).perplexity();
    if (!Double.isFinite(perplexity)) {
      throw new IllegalArgumentException(
          "the candidate %s, which probes are to be compared with, gives no numbers: is the model sound, and its numeric type wide enough?"
              .formatted(baseId));
    }
    return StrictMath.log(perplexity);
  }

  /** Levels by block; the first reading of a level counts. */
  private static final class Blocks {
    private final PruningPlan base;
    private final PrunableModel model;
    private final SearchSpace space;
    private final List<Map<Long, Double>> attention;
    private final List<Map<Long, Double>> mlp;
    private final List<Map<Long, Double>> whole;

    Blocks(PruningPlan base, PrunableModel model, SearchSpace space) {
      this.base = base;
      this.model = model;
      this.space = space;
      attention = empty(base.layers().size());
      mlp = empty(base.layers().size());
      whole = empty(base.layers().size());
    }

    void enter(Candidate probe, double loss) {
      int layer = onlyLayer(probe);
      var was = base.layers().get(layer);
      var is = probe.plan().layers().get(layer);
      Map<Long, Double> levels;
      long kept;
      if (space == SearchSpace.LAYERS) {
        levels = whole.get(layer);
        kept = model.layers().get(layer).parameters(is);
      } else if (was.neurons() == is.neurons()) {
        levels = attention.get(layer);
        kept = is.queryHeads();
      } else if (was.queryHeads() == is.queryHeads()) {
        levels = mlp.get(layer);
        kept = is.neurons();
      } else {
        throw new IllegalArgumentException(
            "probe %s changes attention and MLP of layer %d".formatted(probe.id(), layer));
      }
      Double unused = levels.putIfAbsent(kept, loss);
    }

    private int onlyLayer(Candidate probe) {
      List<Integer> changed =
          IntStream.range(0, base.layers().size())
              .filter(i -> !probe.plan().layers().get(i).equals(base.layers().get(i)))
              .boxed()
              .toList();
      if (changed.size() != 1) {
        throw new IllegalArgumentException(
            "probe %s changes the layers %s, not one".formatted(probe.id(), changed));
      }
      return changed.get(0);
    }

    List<Sensitivity.Layer> layers() {
      return IntStream.range(0, base.layers().size())
          .mapToObj(
              i ->
                  new Sensitivity.Layer(
                      levels(attention.get(i)), levels(mlp.get(i)), levels(whole.get(i))))
          .toList();
    }

    private static List<Map<Long, Double>> empty(int layers) {
      List<Map<Long, Double>> maps = new ArrayList<>();
      for (int i = 0; i < layers; i++) {
        maps.add(new TreeMap<>());
      }
      return maps;
    }

    private static List<Level> levels(Map<Long, Double> byKept) {
      return byKept.entrySet().stream()
          .map(entry -> new Level(entry.getKey(), entry.getValue()))
          .toList();
    }
  }
}
