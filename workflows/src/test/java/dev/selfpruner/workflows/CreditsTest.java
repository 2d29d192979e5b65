package dev.selfpruner.workflows;

import static dev.selfpruner.activities.search.Operator.CROSS_OVER;
import static dev.selfpruner.activities.search.Operator.LEVEL_SWITCH;
import static dev.selfpruner.activities.search.Operator.MUTATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.Credit;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.Spending;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CreditsTest {
  private static final ArtifactRef SET = new ArtifactRef("memory:set", "0".repeat(64), 1);

  @Test
  void countsWhatSurvivesOfEachOperatorOverAllIterations() {
    List<Credit> before = List.of(new Credit(MUTATE, 4, 1), new Credit(LEVEL_SWITCH, 6, 3));

    List<Credit> after =
        Credits.after(
            before,
            Map.of(MUTATE, proposal("m", 2, 0), CROSS_OVER, proposal("c", 3, 0)),
            population("m1", "c0", "c2", "a parent"));

    assertThat(after)
        .containsExactly(
            new Credit(MUTATE, 6, 2), new Credit(CROSS_OVER, 3, 2), new Credit(LEVEL_SWITCH, 6, 3));
  }

  @Test
  void whatStoodInForAnLlmCountsAgainstItAndNeverForIt() {
    List<Credit> after =
        Credits.after(List.of(), Map.of(MUTATE, proposal("m", 4, 3)), population("m0", "m1", "m3"));

    assertThat(after).containsExactly(new Credit(MUTATE, 4, 1));
  }

  @Test
  void anLlmThatGivesNothingIsAskedForLessAndLessHoweverWellItsStandInsDo() {
    SortedMap<Operator, Integer> original = new TreeMap<>(Map.of(MUTATE, 8, LEVEL_SWITCH, 24));
    List<Credit> credits = new ArrayList<>();
    List<Integer> asked = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      SortedMap<Operator, Integer> wanted = Shares.of(original, credits);
      int paid = wanted.get(MUTATE);
      asked.add(paid);
      credits =
          new ArrayList<>(
              Credits.after(
                  credits,
                  Map.of(
                      MUTATE,
                      proposal("m", paid, paid),
                      LEVEL_SWITCH,
                      proposal("s", wanted.get(LEVEL_SWITCH), 0)),
                  population("m0", "m1", "s0")));
    }

    assertThat(asked).startsWith(8).endsWith(3);
  }

  private static Proposal proposal(String name, int count, int fallbacks) {
    List<String> ids = IntStream.range(0, count).mapToObj(i -> name + i).toList();
    return new Proposal(SET, ids, fallbacks, Spending.NOTHING, "");
  }

  private static List<Fitness> population(String... ids) {
    return Arrays.stream(ids).map(id -> new Fitness(id, 2.0, false)).toList();
  }
}
