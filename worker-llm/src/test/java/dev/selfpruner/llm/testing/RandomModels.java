package dev.selfpruner.llm.testing;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Models of any shape, grouped queries and all units of attention among them. */
public final class RandomModels {
  private RandomModels() {}

  /**
   * Layers whose sizes differ, as after an earlier pruning.
   *
   * @param unit what goes from attention at once
   */
  public static PrunableModel next(AttentionUnit unit, Random random) {
    int hiddenSize = 8 * (4 + random.nextInt(12));
    int headSize = 4 * (1 + random.nextInt(4));
    List<PrunableLayer> layers = new ArrayList<>();
    for (int i = 3 + random.nextInt(5); i > 0; i--) {
      int groups = 1 + random.nextInt(4);
      int size = 1 + random.nextInt(3);
      List<Integer> groupOfHead =
          IntStream.range(0, groups * size).map(head -> head / size).boxed().toList();
      layers.add(
          new PrunableLayer(
              hiddenSize,
              headSize,
              100 + random.nextInt(400),
              groupOfHead,
              order(groups, size, unit, random),
              unit.headsInUnit(groupOfHead)));
    }
    return new PrunableModel(layers);
  }

  private static List<Integer> order(int groups, int size, AttentionUnit unit, Random random) {
    List<List<Integer>> heads = new ArrayList<>();
    for (int group = 0; group < groups; group++) {
      int first = group * size;
      heads.add(new ArrayList<>(IntStream.range(first, first + size).boxed().toList()));
      Collections.shuffle(heads.get(group), random);
    }
    Collections.shuffle(heads, random);
    List<Integer> order = new ArrayList<>();
    if (unit == AttentionUnit.HEAD_OF_EVERY_GROUP) {
      for (int rank = 0; rank < size; rank++) {
        for (List<Integer> group : heads) {
          order.add(group.get(rank));
        }
      }
      return order;
    }
    heads.forEach(order::addAll);
    if (unit == AttentionUnit.QUERY_HEAD) {
      Collections.shuffle(order, random);
    }
    return order;
  }
}
