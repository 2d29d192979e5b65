package dev.selfpruner.gpu.engine;

import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Plans as a tree: those that begin with the same layers share them. A node is a hidden state after
 * a layer; the root, node 0, is the embedded text. Attention is shared further, by plans that keep
 * as many heads of a layer and differ in its neurons.
 */
final class PlanTrie {
  private final List<Level> levels;
  private final List<Integer> leafOfPlan;
  private final int commonDensePrefix;

  /**
   * One layer.
   *
   * @param steps by parent node: what is computed from it
   * @param nodes hidden states after the layer
   * @param dense the node that only whole layers lead to, or -1
   */
  record Level(List<List<Attention>> steps, int nodes, int dense) {
    /** Each number of units that is kept of the layer. */
    Fits.Kept kept() {
      SortedSet<Integer> queryHeads = new TreeSet<>();
      SortedSet<Integer> neurons = new TreeSet<>();
      for (List<Attention> attentions : steps) {
        for (Attention attention : attentions) {
          queryHeads.add(attention.queryHeads());
          attention.mlps().forEach(mlp -> neurons.add(mlp.neurons()));
        }
      }
      return new Fits.Kept(queryHeads, neurons);
    }
  }

  /** An attention block, and the MLP blocks that follow it. */
  record Attention(int queryHeads, List<Mlp> mlps) {}

  /** An MLP block, and the node that it leads to. */
  record Mlp(int neurons, int node) {}

  private PlanTrie(List<Level> levels, List<Integer> leafOfPlan, int commonDensePrefix) {
    this.levels = levels;
    this.leafOfPlan = leafOfPlan;
    this.commonDensePrefix = commonDensePrefix;
  }

  /**
   * A tree of plans of one model.
   *
   * @param dense the plan that keeps every unit
   */
  static PlanTrie of(List<PruningPlan> plans, PruningPlan dense) {
    List<Level> levels = new ArrayList<>();
    List<Integer> nodeOfPlan = new ArrayList<>(Collections.nCopies(plans.size(), 0));
    int nodes = 1;
    int densest = 0;
    int prefix = 0;
    for (int layer = 0; layer < dense.layers().size(); layer++) {
      List<Map<Integer, Map<Integer, Integer>>> children = new ArrayList<>();
      for (int node = 0; node < nodes; node++) {
        children.add(new LinkedHashMap<>());
      }
      int before = densest;
      densest = -1;
      int next = 0;
      for (int i = 0; i < plans.size(); i++) {
        LayerPlan kept = plans.get(i).layers().get(layer);
        int parent = nodeOfPlan.get(i);
        Map<Integer, Integer> mlps =
            children
                .get(parent)
                .computeIfAbsent(kept.queryHeads(), unused -> new LinkedHashMap<>());
        Integer node = mlps.get(kept.neurons());
        if (node == null) {
          node = next++;
          mlps.put(kept.neurons(), node);
        }
        nodeOfPlan.set(i, node);
        if (parent == before && kept.equals(dense.layers().get(layer))) {
          densest = node;
        }
      }
      levels.add(new Level(steps(children), next, densest));
      nodes = next;
      if (nodes == 1 && densest == 0) {
        prefix = layer + 1;
      }
    }
    return new PlanTrie(List.copyOf(levels), List.copyOf(nodeOfPlan), prefix);
  }

  private static List<List<Attention>> steps(List<Map<Integer, Map<Integer, Integer>>> children) {
    return children.stream()
        .map(
            attentions ->
                attentions.entrySet().stream()
                    .map(
                        attention ->
                            new Attention(
                                attention.getKey(),
                                attention.getValue().entrySet().stream()
                                    .map(mlp -> new Mlp(mlp.getKey(), mlp.getValue()))
                                    .toList()))
                    .toList())
        .toList();
  }

  int layers() {
    return levels.size();
  }

  Level level(int layer) {
    return levels.get(layer);
  }

  /** The last layer's node that a plan ends in. */
  int leaf(int plan) {
    return leafOfPlan.get(plan);
  }

  int leaves() {
    return levels.get(levels.size() - 1).nodes();
  }

  /** Layers that all plans keep whole, from the first on. */
  int commonDensePrefix() {
    return commonDensePrefix;
  }

  /** Hidden states that exist after a layer, at most. */
  int widest() {
    return levels.stream().mapToInt(Level::nodes).max().orElse(1);
  }

  /** Attention and MLP blocks from layer {@code from} on. */
  long blocks(int from) {
    return levels.subList(from, levels.size()).stream()
        .flatMap(level -> level.steps().stream())
        .flatMap(List::stream)
        .mapToLong(attention -> 1L + attention.mlps().size())
        .sum();
  }
}
