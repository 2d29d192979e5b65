package dev.selfpruner.activities.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Models of every shape that plans are made for: layers unlike each other, irregular groups. */
final class RandomModels {
  private RandomModels() {}

  static PrunableModel next(Random random) {
    int hiddenSize = 8 * (1 + random.nextInt(64));
    int headSize = 2 * (1 + random.nextInt(32));
    // Neurons as fine as this can always make up for one head more or less.
    int fewestNeurons = 2 + 4 * headSize / 3;
    List<PrunableLayer> layers = new ArrayList<>();
    for (int i = 1 + random.nextInt(12); i > 0; i--) {
      List<Integer> groups = groups(1 + random.nextInt(12), random);
      layers.add(
          new PrunableLayer(
              hiddenSize,
              headSize,
              fewestNeurons + random.nextInt(400),
              groups,
              shuffled(groups.size(), random)));
    }
    return new PrunableModel(layers);
  }

  static LayerRates rates(PrunableModel model, Random random) {
    return new LayerRates(model.layers().stream().map(layer -> random.nextDouble()).toList());
  }

  static List<Integer> shuffled(int size, Random random) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, size).boxed().toList());
    Collections.shuffle(order, random);
    return order;
  }

  private static List<Integer> groups(int queryHeads, Random random) {
    List<Integer> groups = new ArrayList<>(List.of(0));
    while (groups.size() < queryHeads) {
      int last = groups.get(groups.size() - 1);
      groups.add(random.nextInt(3) == 0 ? last + 1 : last);
    }
    return groups;
  }
}
