package dev.selfpruner.gpu.model;

import dev.selfpruner.activities.plan.AttentionUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Query heads of a layer by what an order of removal takes at a time.
 *
 * @param steps query heads that go in one step, as many in each
 * @param teams the number of each step's team: no team makes a step before all others have made as
 *     many; where there is one team, steps go in any order
 */
public record HeadUnits(List<List<Integer>> steps, List<Integer> teams) {
  public HeadUnits {
    steps = steps.stream().map(List::copyOf).toList();
    teams = List.copyOf(teams);
  }

  /**
   * Units of a layer.
   *
   * @throws IllegalArgumentException if heads are to go by groups, and these are of different sizes
   */
  public static HeadUnits of(LayerSize size, AttentionUnit unit) {
    List<Integer> groups = size.keyValueHeadOfQueryHead();
    List<List<Integer>> singles = IntStream.range(0, size.queryHeads()).mapToObj(List::of).toList();
    if (unit.headsInUnit(groups) == 1) {
      return new HeadUnits(singles, zeros(singles.size()));
    }
    return unit == AttentionUnit.GROUP
        ? new HeadUnits(headsOfGroups(size), zeros(size.keyValueHeads()))
        : new HeadUnits(singles, groups);
  }

  /**
   * Query heads from the least to the most important, those of a unit side by side. A step scores
   * the sum of its heads; of equal ones, the first goes first.
   *
   * @param scores of the query heads
   */
  public List<Integer> ascending(double[] scores) {
    double[] sums =
        steps.stream()
            .mapToDouble(heads -> heads.stream().mapToDouble(head -> scores[head]).sum())
            .toArray();
    List<Integer> byScore =
        IntStream.range(0, sums.length)
            .boxed()
            .sorted(Comparator.comparingDouble(step -> sums[step]))
            .toList();
    List<List<Integer>> rounds = new ArrayList<>();
    int[] made = new int[steps.size()];
    for (int step : byScore) {
      int round = made[teams.get(step)]++;
      if (round == rounds.size()) {
        rounds.add(new ArrayList<>());
      }
      rounds.get(round).add(step);
    }
    return heads(rounds.stream().flatMap(List::stream).toList());
  }

  /** The query heads of steps, one step after the other. */
  public List<Integer> heads(List<Integer> order) {
    return order.stream().flatMap(step -> steps.get(step).stream()).toList();
  }

  private static List<List<Integer>> headsOfGroups(LayerSize size) {
    List<List<Integer>> groups = new ArrayList<>();
    for (int group = 0; group < size.keyValueHeads(); group++) {
      groups.add(new ArrayList<>());
    }
    for (int head = 0; head < size.queryHeads(); head++) {
      groups.get(size.keyValueHeadOfQueryHead().get(head)).add(head);
    }
    return groups;
  }

  private static List<Integer> zeros(int count) {
    return Collections.nCopies(count, 0);
  }
}
