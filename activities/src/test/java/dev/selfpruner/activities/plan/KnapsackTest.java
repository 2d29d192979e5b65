package dev.selfpruner.activities.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.plan.Knapsack.Option;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KnapsackTest {
  @Test
  void findsWhatTryingAllChoicesFinds() {
    Random random = new Random(51);
    for (int round = 0; round < 300; round++) {
      int step = 1 + random.nextInt(4);
      List<List<Option>> blocks = blocks(1 + random.nextInt(5), step, false, random);
      long wanted = wanted(blocks, random);
      int tolerance = step - 1 + random.nextInt(4);

      int[] chosen = new Knapsack(blocks, wanted, step, tolerance).choose(0);

      double best =
          choices(blocks).stream()
              .filter(choice -> removed(blocks, choice) >= wanted - tolerance)
              .mapToDouble(choice -> loss(blocks, choice))
              .min()
              .orElseThrow();
      assertThat(removed(blocks, chosen)).isGreaterThanOrEqualTo(wanted - tolerance);
      assertThat(loss(blocks, chosen)).as("round %d", round).isCloseTo(best, within(1e-12));
      assertThat(new Knapsack(blocks, wanted, step, tolerance).choose(0)).isEqualTo(chosen);
    }
  }

  @Test
  void coarseBlocksLeaveTheRestToTheOthersWhereTheyCan() {
    List<List<Option>> blocks =
        List.of(
            List.of(new Option(0, 0), new Option(4, 2), new Option(10, 3)),
            List.of(new Option(0, 0), new Option(1, 4), new Option(2, 8)));

    assertThat(new Knapsack(blocks, 6, 1, 0).choose(0)).containsExactly(2, 0);
    assertThat(new Knapsack(blocks, 6, 1, 0).choose(1)).containsExactly(1, 2);
    assertThat(new Knapsack(blocks, 7, 1, 0).choose(1)).containsExactly(2, 0);
  }

  @Test
  void roundingToBucketsDoesNotAddUp() {
    Random random = new Random(52);
    for (int round = 0; round < 100; round++) {
      List<List<Option>> blocks = blocks(30, 1_000_003, true, random);
      long wanted = wanted(blocks, random);
      long gap = blocks.stream().mapToLong(KnapsackTest::widestGap).max().orElseThrow();

      long removed = removed(blocks, new Knapsack(blocks, wanted, 1, 0).choose(0));

      long bucket = wanted / Knapsack.BUCKETS + 1;
      assertThat(removed).as("round %d", round).isBetween(wanted - bucket, wanted + gap + bucket);
    }
  }

  @Test
  void goesToTheEndsWhereTheWantedNumberIsOutOfReach() {
    List<List<Option>> blocks =
        List.of(
            List.of(new Option(5, 0), new Option(9, 1)),
            List.of(new Option(0, 0), new Option(3, 1), new Option(6, 9)));

    assertThat(new Knapsack(blocks, 4, 1, 0).choose(0)).containsExactly(0, 0);
    assertThat(new Knapsack(blocks, 99, 1, 0).choose(0)).containsExactly(1, 2);
  }

  /** Options whose losses rise with what they remove, beginning anywhere. */
  private static List<List<Option>> blocks(int count, int step, boolean fine, Random random) {
    List<List<Option>> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Option> options = new ArrayList<>();
      long removed = (long) step * random.nextInt(3);
      double loss = 0;
      for (int j = 1 + random.nextInt(fine ? 40 : 5); j > 0; j--) {
        options.add(new Option(removed, loss));
        removed += (long) step * (1 + random.nextInt(6)) + (fine ? random.nextInt(step) : 0);
        loss += random.nextDouble();
      }
      blocks.add(options);
    }
    return blocks;
  }

  private static long widestGap(List<Option> options) {
    long widest = 0;
    for (int i = 1; i < options.size(); i++) {
      widest = Math.max(widest, options.get(i).removed() - options.get(i - 1).removed());
    }
    return widest;
  }

  private static long wanted(List<List<Option>> blocks, Random random) {
    long least = blocks.stream().mapToLong(options -> options.get(0).removed()).sum();
    long most =
        blocks.stream().mapToLong(options -> options.get(options.size() - 1).removed()).sum();
    return least + (long) (random.nextDouble() * (most - least));
  }

  private static List<int[]> choices(List<List<Option>> blocks) {
    List<int[]> choices = new ArrayList<>(List.of(new int[0]));
    for (List<Option> options : blocks) {
      List<int[]> longer = new ArrayList<>();
      for (int[] choice : choices) {
        for (int i = 0; i < options.size(); i++) {
          int[] next = Arrays.copyOf(choice, choice.length + 1);
          next[choice.length] = i;
          longer.add(next);
        }
      }
      choices = longer;
    }
    return choices;
  }

  private static long removed(List<List<Option>> blocks, int[] choice) {
    long sum = 0;
    for (int i = 0; i < choice.length; i++) {
      sum += blocks.get(i).get(choice[i]).removed();
    }
    return sum;
  }

  private static double loss(List<List<Option>> blocks, int[] choice) {
    double sum = 0;
    for (int i = 0; i < choice.length; i++) {
      sum += blocks.get(i).get(choice[i]).loss();
    }
    return sum;
  }
}
