package dev.selfpruner.activities.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Widths that matrix products are fast at: every layer keeps a multiple of neurons, or all that it
 * has, except at most one, which takes what the budget leaves over.
 *
 * <p>Such widths exist for every number of neurons from {@link #fewest} to all: from one width of a
 * layer to the next it is at most a multiple, and the layer that takes the remainder keeps any
 * number of neurons.
 */
record Widths(PrunableModel model, int multiple) {
  /** 23.9999999 wanted neurons are 24. */
  private static final double ROUNDING = 1e-6;

  Widths {
    if (multiple < 1) {
      throw new IllegalArgumentException("widths are multiples of at least 1, not " + multiple);
    }
  }

  /**
   * Fewest neurons that all layers can keep together: one in the layer that takes the remainder,
   * one multiple (or all, where a layer has fewer) in every other.
   */
  long fewest() {
    long sum = 0;
    int spared = 0;
    for (PrunableLayer layer : model.layers()) {
      sum += least(layer);
      spared = Math.max(spared, least(layer) - 1);
    }
    return sum - spared;
  }

  /**
   * Moves a plan to these widths by the method of largest remainders; it keeps as many neurons as
   * before. No layer moves by a whole multiple, unless there were some that kept less than one and
   * had to be filled up.
   *
   * @throws IllegalArgumentException if the plan keeps less than {@link #fewest} neurons
   */
  PruningPlan round(PruningPlan plan) {
    double[] wanted = plan.layers().stream().mapToDouble(LayerPlan::neurons).toArray();
    int[] kept = round(wanted, (long) DoubleStream.of(wanted).sum());
    List<LayerPlan> rounded = new ArrayList<>();
    for (int i = 0; i < kept.length; i++) {
      rounded.add(new LayerPlan(plan.layers().get(i).queryHeads(), kept[i]));
    }
    return new PruningPlan(rounded);
  }

  /**
   * The widths next to the wanted ones that together are {@code total} neurons.
   *
   * @param wanted neurons to keep in each layer, from 0 to all, whole or not
   * @throws IllegalArgumentException if {@code total} is less than {@link #fewest}
   */
  int[] round(double[] wanted, long total) {
    int[] kept = IntStream.range(0, wanted.length).map(i -> below(wanted[i], i)).toArray();
    long left = total - IntStream.of(kept).asLongStream().sum();
    while (left != 0) {
      int layer = next(wanted, kept, left, total);
      long step = step(kept[layer], layer, left);
      kept[layer] += Math.toIntExact(step);
      left -= step;
    }
    return kept;
  }

  /** The fewest neurons of a layer that doesn't take the remainder. */
  int least(int layer) {
    return least(model.layers().get(layer));
  }

  private int least(PrunableLayer layer) {
    return Math.min(multiple, layer.neurons());
  }

  /** The largest width that is not over {@code wanted}, or the layer's least. */
  private int below(double wanted, int layer) {
    int neurons = model.layers().get(layer).neurons();
    int whole = (int) Math.min(neurons, Math.floor(wanted + ROUNDING));
    return whole == neurons ? neurons : Math.max(whole - whole % multiple, least(layer));
  }

  /** Of the layers that can take a step, the one that is furthest from what it should keep. */
  private int next(double[] wanted, int[] kept, long left, long total) {
    return IntStream.range(0, kept.length)
        .filter(i -> step(kept[i], i, left) != 0)
        .boxed()
        .min(
            Comparator.comparingLong(
                i -> Long.signum(left) * Math.round((kept[i] - wanted[i]) / ROUNDING)))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%d neurons are too few for %d layers that keep multiples of %d, but for one"
                        .formatted(total, wanted.length, multiple)));
  }

  /**
   * Neurons from a width to the next one, up or down as {@code left} is positive or negative; no
   * more than are left, and 0 where the layer has no width there. A step that is cut short is the
   * last one: its layer takes the remainder.
   */
  private long step(int kept, int layer, long left) {
    if (left > 0) {
      int above = Math.min(multiple - kept % multiple, model.layers().get(layer).neurons() - kept);
      return Math.min(left, above);
    }
    long down = Math.max(left, -((kept - 1) % multiple + 1));
    return kept + down >= 1 ? down : 0;
  }
}
