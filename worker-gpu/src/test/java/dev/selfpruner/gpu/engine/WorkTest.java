package dev.selfpruner.gpu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WorkTest {
  private static final int LAYERS = 3;
  private static final PruningPlan DENSE = plan(4, 9, 4, 9, 4, 9);

  @Test
  void onePlanCostsTheWholeModel() {
    assertThat(Work.shares(List.of(DENSE))).containsExactly(1.0);
  }

  @Test
  void plansPayForWhatTheyDoNotShare() {
    PruningPlan lateNeurons = plan(4, 9, 4, 9, 4, 5);
    PruningPlan lateHeads = plan(4, 9, 4, 9, 3, 9);
    PruningPlan firstHeads = plan(3, 9, 4, 9, 4, 9);

    assertThat(Work.shares(List.of(firstHeads, lateHeads, lateNeurons, DENSE)))
        .containsExactly(1.0, 2.0 / 6, 1.0 / 6, 1.0);
  }

  @Test
  void equalPlansCostOnce() {
    assertThat(Work.shares(List.of(DENSE, DENSE)).stream().mapToDouble(Double::doubleValue).sum())
        .isEqualTo(1.0);
  }

  @Test
  void costsWhatTheEngineComputes() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 50; round++) {
      List<PruningPlan> plans =
          Stream.generate(() -> random(random)).limit(1 + random.nextInt(20)).toList();
      double computed = PlanTrie.of(plans, DENSE).blocks(0) / (2.0 * LAYERS);

      assertThat(Work.shares(plans).stream().collect(Collectors.summingDouble(share -> share)))
          .isCloseTo(computed, org.assertj.core.data.Offset.offset(1e-9));
    }
  }

  private static PruningPlan random(SplittableRandom random) {
    return new PruningPlan(
        IntStream.range(0, LAYERS)
            .mapToObj(layer -> new LayerPlan(3 + random.nextInt(2), 8 + random.nextInt(2)))
            .toList());
  }

  private static PruningPlan plan(int... kept) {
    return new PruningPlan(
        IntStream.range(0, LAYERS)
            .mapToObj(layer -> new LayerPlan(kept[2 * layer], kept[2 * layer + 1]))
            .toList());
  }
}
