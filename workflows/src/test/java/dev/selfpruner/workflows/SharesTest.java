package dev.selfpruner.workflows;

import static dev.selfpruner.activities.search.Operator.CROSS_OVER;
import static dev.selfpruner.activities.search.Operator.LEVEL_SWITCH;
import static dev.selfpruner.activities.search.Operator.MUTATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.search.Credit;
import dev.selfpruner.activities.search.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SharesTest {
  @Test
  void staysAsItIsWhileNothingIsKnown() {
    assertThat(Shares.of(shares(10, 10, 20), List.of())).isEqualTo(shares(10, 10, 20));
    assertThat(Shares.of(shares(1, 1, 38), List.of())).isEqualTo(shares(1, 1, 38));
  }

  @Test
  void shiftsByTheRateOfSurvival() {
    // 10 x 1/20, 10 x 3/20 and 20 x 4/20 are 0.5, 1.5 and 4 of 6: 3.3, 10 and 26.7 of 40
    List<Credit> credits =
        List.of(
            new Credit(MUTATE, 18, 0),
            new Credit(CROSS_OVER, 18, 2),
            new Credit(LEVEL_SWITCH, 18, 3),
            new Credit(Operator.DESCEND, 3, 3));

    assertThat(Shares.of(shares(10, 10, 20), credits)).isEqualTo(shares(3, 10, 27));
  }

  @Test
  void largestRemaindersTakeWhatIsLeft() {
    // 3 x 1/2, 2 x 1/4 and 2 x 1/4 of 2.5: 4.2, 1.4 and 1.4 of 7
    List<Credit> credits =
        List.of(
            new Credit(MUTATE, 0, 0), new Credit(CROSS_OVER, 2, 0), new Credit(LEVEL_SWITCH, 2, 0));

    assertThat(Shares.of(shares(3, 2, 2), credits)).isEqualTo(shares(4, 2, 1));
  }

  @Test
  void leavesOneToWhatNeverPaid() {
    List<Credit> credits = List.of(new Credit(MUTATE, 1_000, 0), new Credit(CROSS_OVER, 9, 9));

    assertThat(Shares.of(shares(5, 5, 5), credits)).isEqualTo(shares(1, 9, 5));
  }

  @Test
  void addsUpAndLeavesNobodyOutWhateverTheCredits() {
    Random random = new Random(1);
    for (int i = 0; i < 2_000; i++) {
      SortedMap<Operator, Integer> original =
          shares(1 + random.nextInt(20), 1 + random.nextInt(3), 1 + random.nextInt(40));
      List<Credit> credits = new ArrayList<>();
      for (Operator operator : original.keySet()) {
        int offspring = random.nextInt(200);
        credits.add(new Credit(operator, offspring, random.nextInt(offspring + 1)));
      }

      Map<Operator, Integer> shares = Shares.of(original, credits);

      assertThat(shares.keySet()).isEqualTo(original.keySet());
      assertThat(shares.values()).allSatisfy(each -> assertThat(each).isPositive());
      assertThat(sum(shares)).isEqualTo(sum(original));
    }
  }

  private static int sum(Map<Operator, Integer> shares) {
    return shares.values().stream().mapToInt(Integer::intValue).sum();
  }

  private static SortedMap<Operator, Integer> shares(int mutate, int crossOver, int levelSwitch) {
    return new TreeMap<>(Map.of(MUTATE, mutate, CROSS_OVER, crossOver, LEVEL_SWITCH, levelSwitch));
  }
}
