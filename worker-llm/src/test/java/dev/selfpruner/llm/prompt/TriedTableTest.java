package dev.selfpruner.llm.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.Trials;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TriedTableTest {
  private static final double INFINITE = Double.POSITIVE_INFINITY;
  private static final List<Individual> PARENTS =
      List.of(
          Tasks.individual("p", 10.0, 0.2, 0.3, 0.4, 0.3),
          Tasks.individual("q", 11.0, 0.4, 0.3, 0.2, 0.3),
          Tasks.individual("r", INFINITE, 0.6, 0.2, 0.2, 0.2));

  @Test
  void childrenStandBesideTheParentThatTheyNameElseTheNearest() {
    assertThat(
            tried(
                Tasks.individual("nearest is q", 10.5, 0.41, 0.29, 0.2, 0.3),
                Tasks.individual(
                    "names p and r",
                    9.5,
                    Operator.CROSS_OVER,
                    List.of("p", "r"),
                    0.38,
                    0.3,
                    0.23,
                    0.29),
                Tasks.individual(
                    "names nobody we know",
                    12.0,
                    Operator.MUTATE,
                    List.of("x"),
                    0.2,
                    0.3,
                    0.41,
                    0.29),
                Tasks.individual("gives no numbers", INFINITE, 0.2, 0.25, 0.4, 0.35),
                Tasks.individual("mends what gave none", 50.0, 0.6, 0.2, 0.2, 0.199),
                Tasks.individual("moves nothing", 10.0, 0.2, 0.3001, 0.4, 0.2999)))
        .isEqualTo(
            """
            - mutation, infinite -> 50.0000, better: layer 3 -0.1 (0.0 on average)
            - crossover, 10.0000 -> 9.5000, better: layer 0 +18.0, layer 2 -17.0, layer 3 -1.0 (9.0 \
            on average)
            - mutation, 11.0000 -> 10.5000, better: layer 0 +1.0, layer 1 -1.0 (0.5 on average)
            - mutation, 10.0000 -> 12.0000, worse: layer 2 +1.0, layer 3 -1.0 (0.5 on average)
            - mutation, 10.0000 -> infinite, worse: layer 1 -5.0, layer 3 +5.0 (2.5 on average)""");
  }

  @Test
  void ofManyTheBestAndTheWorstAreTold() {
    List<Individual> children = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      children.add(Tasks.individual("c" + i, 8.0 + 0.1 * i, 0.21 + 0.001 * i, 0.29, 0.4, 0.3));
    }

    assertThat(tried(children.toArray(Individual[]::new)).lines())
        .hasSize(12)
        .satisfies(
            lines -> {
              assertThat(lines.get(0)).startsWith("- mutation, 10.0000 -> 8.0000, better: ");
              assertThat(lines.get(5)).startsWith("- mutation, 10.0000 -> 8.5000, better: ");
              assertThat(lines.get(6)).startsWith("- mutation, 10.0000 -> 11.4000, worse: ");
              assertThat(lines.get(11)).startsWith("- mutation, 10.0000 -> 11.9000, worse: ");
            });
  }

  @Test
  void nothingTriedIsNothingTold() {
    assertThat(TriedTable.of(List.of())).isEmpty();
    assertThat(tried()).isEmpty();
  }

  private static String tried(Individual... children) {
    return TriedTable.of(
        List.of(new Knowledge.Round(new Population(0, PARENTS), new Trials(1, List.of(children)))));
  }
}
