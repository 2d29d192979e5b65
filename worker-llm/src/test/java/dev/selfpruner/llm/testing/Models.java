package dev.selfpruner.llm.testing;

import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Models of a size that tests calculate with. */
public final class Models {
  private Models() {}

  /**
   * Layers of 8 query heads in 4 groups and 512 neurons, hidden size 128, as the demo's might be.
   */
  public static PrunableModel small(int layers) {
    List<Integer> groups = IntStream.range(0, 8).map(head -> head / 2).boxed().toList();
    List<Integer> ascending = IntStream.range(0, 8).boxed().toList();
    return new PrunableModel(
        Collections.nCopies(layers, new PrunableLayer(128, 16, 512, groups, ascending)));
  }
}
