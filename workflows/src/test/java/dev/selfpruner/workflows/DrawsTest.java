package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.search.TextWindows;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrawsTest {
  private static final TextWindows TEXT = new TextWindows("text", 2048, 100, 50, false);
  private static final Draws DRAWS = new Draws(TEXT, 50, 3);

  @Test
  void aDrawIsARangeWithinTheText() {
    for (int iteration = 1; iteration <= 500; iteration++) {
      TextWindows drawn = DRAWS.stage(iteration, 0, 8);
      assertThat(drawn.windows()).isEqualTo(8);
      assertThat(drawn.firstWindow()).isBetween(100, 142);
      assertThat(drawn).isEqualTo(new TextWindows("text", 2048, drawn.firstWindow(), 8, false));
    }
  }

  @Test
  void everyRangeComesUpAboutAsOften() {
    int[] seen = new int[43];
    for (int iteration = 0; iteration < 43_000; iteration++) {
      seen[DRAWS.stage(iteration, 1, 8).firstWindow() - 100]++;
    }
    assertThat(IntStream.of(seen)).allSatisfy(each -> assertThat(each).isBetween(850, 1_150));
  }

  @Test
  void isTheSameAgainAndAnotherForAnotherPurposeIterationOrSeed() {
    assertThat(DRAWS.stage(4, 1, 2)).isEqualTo(new Draws(TEXT, 50, 3).stage(4, 1, 2));
    Set<Integer> firsts = new HashSet<>();
    for (int seed = 0; seed < 100; seed++) {
      Draws draws = new Draws(TEXT, 50, seed);
      List<Integer> one =
          List.of(
              draws.probing(2).firstWindow(),
              draws.descent(4, 2).firstWindow(),
              draws.stage(4, 0, 2).firstWindow(),
              draws.stage(4, 1, 2).firstWindow(),
              draws.stage(5, 1, 2).firstWindow());
      firsts.add(one.hashCode());
    }
    assertThat(firsts).as("five draws, a hundred seeds").hasSize(100);
    assertThat(
            IntStream.range(0, 100)
                .mapToObj(seed -> new Draws(TEXT, 50, seed))
                .filter(draws -> draws.stage(4, 0, 2).equals(draws.stage(4, 1, 2)))
                .count())
        .as("two purposes that happen to agree")
        .isLessThan(10);
  }

  @Test
  void takesAllWindowsWhereThereAreNoMore() {
    assertThat(DRAWS.probing(50)).isEqualTo(TEXT);
    assertThat(DRAWS.descent(1, 64)).isEqualTo(TEXT);
    assertThat(DRAWS.stage(1, 0, TextWindows.ALL)).isEqualTo(TEXT);
  }
}
