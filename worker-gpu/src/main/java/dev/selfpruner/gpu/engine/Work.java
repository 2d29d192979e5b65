package dev.selfpruner.gpu.engine;

import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What plans cost that run together, in runs of the whole model. */
public final class Work {
  private Work() {}

  /**
   * The share of the model's blocks that each plan runs beyond those that it has in common with
   * plans before it in the engine's order: attention and MLP count half a layer each, whatever they
   * keep. It depends on the plans alone, not on what is known of them or on how they are batched.
   *
   * @param plans of one model, in any order
   * @return in the order of {@code plans}, each in [0, 1]; equal plans cost once
   */
  public static List<Double> shares(List<PruningPlan> plans) {
    List<Double> shares = new ArrayList<>(Collections.nCopies(plans.size(), 0.0));
    int before = -1;
    for (int plan : FitnessEngine.densestFirst(plans)) {
      int blocks = 2 * plans.get(plan).layers().size();
      int common = before < 0 ? 0 : inCommon(plans.get(before), plans.get(plan));
      shares.set(plan, (double) (blocks - common) / blocks);
      before = plan;
    }
    return shares;
  }

  /** Blocks, from the first on, that two plans run alike. */
  private static int inCommon(PruningPlan one, PruningPlan other) {
    for (int layer = 0; layer < one.layers().size(); layer++) {
      LayerPlan a = one.layers().get(layer);
      LayerPlan b = other.layers().get(layer);
      if (a.queryHeads() != b.queryHeads()) {
        return 2 * layer;
      }
      if (a.neurons() != b.neurons()) {
        return 2 * layer + 1;
      }
    }
    return 2 * one.layers().size();
  }
}
