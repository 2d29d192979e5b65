package dev.selfpruner.activities.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Models whose query heads go in units of every kind. */
final class RandomUnits {
  private RandomUnits() {}

  /**
   * Layers without groups, with equal groups, or with the groups that pruning left; neurons fine
   * enough to make up for a unit, or not.
   */
  static PrunableModel next(Random random) {
    List<AttentionUnit> units = List.of(AttentionUnit.values());
    AttentionUnit unit = units.get(random.nextInt(units.size()));
    int hiddenSize = 4 * (1 + random.nextInt(20));
    int headSize = 2 * (1 + random.nextInt(16));
    int fewestNeurons = 1 + random.nextInt(200);
    int spread = 200;
    if (random.nextInt(5) == 0) { // too few to make up for a unit
      fewestNeurons = 1;
      spread = 3;
    }
    List<PrunableLayer> layers = new ArrayList<>();
    for (int i = 1 + random.nextInt(8); i > 0; i--) {
      int groups = 1 + random.nextInt(4);
      int size = random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(4);
      layers.add(
          layer(
              hiddenSize,
              headSize,
              fewestNeurons + random.nextInt(spread),
              groups,
              size,
              unit,
              random));
    }
    return new PrunableModel(layers);
  }

  /** A layer of equal groups, or of unequal ones for single heads. */
  private static PrunableLayer layer(
      int hiddenSize,
      int headSize,
      int neurons,
      int groups,
      int size,
      AttentionUnit unit,
      Random random) {
    List<Integer> groupOfHead = new ArrayList<>();
    for (int head = 0; head < groups * size; head++) {
      groupOfHead.add(head / size);
      if (unit == AttentionUnit.QUERY_HEAD && random.nextInt(4) == 0) {
        groupOfHead.add(head / size);
      }
    }
    List<Integer> order =
        switch (unit) {
          case QUERY_HEAD -> RandomModels.shuffled(groupOfHead.size(), random);
          case GROUP ->
              RandomModels.shuffled(groups, random).stream()
                  .flatMap(group -> heads(group, size, random).stream())
                  .toList();
          case HEAD_OF_EVERY_GROUP -> headsOfEveryGroup(groups, size, random);
        };
    int headsInUnit = unit.headsInUnit(groupOfHead);
    unit.requireInUnits(groupOfHead, order);
    return new PrunableLayer(hiddenSize, headSize, neurons, groupOfHead, order, headsInUnit);
  }

  private static List<Integer> headsOfEveryGroup(int groups, int size, Random random) {
    List<List<Integer>> heads =
        IntStream.range(0, groups).mapToObj(group -> heads(group, size, random)).toList();
    List<Integer> order = new ArrayList<>();
    for (int rank = 0; rank < size; rank++) {
      for (List<Integer> group : heads) {
        order.add(group.get(rank));
      }
    }
    return order;
  }

  private static List<Integer> heads(int group, int size, Random random) {
    List<Integer> heads =
        new ArrayList<>(IntStream.range(group * size, (group + 1) * size).boxed().toList());
    Collections.shuffle(heads, random);
    return heads;
  }

  static BlockRates rates(PrunableModel model, Random random) {
    return new BlockRates(
        RandomModels.rates(model, random).rates(), RandomModels.rates(model, random).rates());
  }

  /** Any plan of the model's, on no budget. */
  static PruningPlan plan(PrunableModel model, Random random) {
    return new PruningPlan(
        model.layers().stream()
            .map(
                layer ->
                    new LayerPlan(
                        layer.headsOf(1 + random.nextInt(layer.attentionUnits())),
                        1 + random.nextInt(layer.neurons())))
            .toList());
  }

  /** A sparsity that is up to what the smallest plan removes. */
  static double sparsity(PrunableModel model, int multiple, Random random) {
    double most = 1.0 - (double) Budget.smallest(model, multiple) / model.blockParameters();
    return most * (random.nextInt(10) == 0 ? 1 : random.nextDouble());
  }
}
