package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.Fitness;
import dev.selfpruner.activities.search.Stage;
import dev.selfpruner.activities.search.TextWindows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StagedSelectionTest {
  private static final ArtifactRef SET = new ArtifactRef("memory:0", "0".repeat(64), 0);
  private static final TextWindows TEXT = new TextWindows("text", 2, 0, 100, true);
  private static final List<Stage> STAGES =
      List.of(new Stage(1, 3), new Stage(2, 2), new Stage(4, 3));

  /** Perplexity of each candidate by the number of windows; where there is none, by 0. */
  private final Map<String, Map<Integer, Double>> perplexities = new TreeMap<>();

  private final List<String> evaluated = new ArrayList<>();

  @Test
  void aStageIsForThoseThatTheOneBeforeLeft() {
    given("a", 1, 5);
    given("b", 1, 4);
    given("c", 1, 3);
    given("d", 1, 2);
    given("b", 2, 2);
    given("c", 2, 4);
    given("d", 2, 3);
    given("b", 4, 6);
    given("d", 4, 4);
    given("p", 4, 5);
    given("q", 4, 3);

    StagedSelection.Outcome outcome =
        select(List.of(fitness("p", 1), fitness("q", 1)), List.of("a", "b", "c", "d"));

    assertThat(evaluated).containsExactly("1: a b c d", "2: b c d", "4: p q b d");
    assertThat(outcome.population())
        .as("by the last windows, parents' too")
        .containsExactly(fitness("q", 3), fitness("d", 4), fitness("p", 5));
    assertThat(outcome.finalists()).containsExactly(fitness("b", 6), fitness("d", 4));
    assertThat(outcome.totals()).isEqualTo(new Totals(11, 0, 11 * 10));
    assertThat(outcome.windows())
        .as("the last round's")
        .containsExactly(new Draws(TEXT, 100, 0).stage(1, 2, 4));
  }

  @Test
  void aStageThatWouldLetAllGoOnIsNotHeld() {
    given("a", 0, 2);
    given("b", 0, 3);
    given("c", 0, 4);

    select(List.of(), List.of("a", "b"));
    assertThat(evaluated).containsExactly("4: a b");

    evaluated.clear();
    select(List.of(), List.of("a", "b", "c"));
    assertThat(evaluated).containsExactly("2: a b c", "4: a b");
  }

  @Test
  void withoutOffspringThePopulationStaysAndNothingIsMeasured() {
    List<Fitness> parents = List.of(fitness("p", 2), fitness("q", 3));

    StagedSelection.Outcome outcome = select(parents, List.of());

    assertThat(outcome.population()).isEqualTo(parents);
    assertThat(outcome.windows()).isEmpty();
    assertThat(evaluated).isEmpty();
  }

  @Test
  void equalPlansOfTwoOperatorsTakeOneSeat() {
    for (String id : List.of("a", "b", "c", "d")) {
      given(id, 0, 2);
    }
    given("p", 0, 2);
    given("q", 0, 5);

    StagedSelection.Outcome outcome =
        select(List.of(fitness("p", 4), fitness("q", 4)), List.of("d", "c", "b", "a"));

    assertThat(evaluated).containsExactly("1: d c b a", "4: p q a");
    assertThat(outcome.population())
        .as("the parent keeps its id")
        .containsExactly(fitness("p", 2), fitness("q", 5));
  }

  @Test
  void brokenModelsAreNotTakenForEqual() {
    for (String id : List.of("a", "b", "p")) {
      given(id, 0, Double.POSITIVE_INFINITY);
    }

    assertThat(select(List.of(fitness("p", 2)), List.of("b", "a")).population())
        .extracting(Fitness::candidateId)
        .containsExactly("p", "a", "b");
  }

  @Test
  void whatFailsInAnEarlierRoundIsKeptWithItsReason() {
    given("a", 0, 3);
    given("b", 0, 4);
    given("c", 0, 5);
    given("d", 0, Double.POSITIVE_INFINITY);

    StagedSelection.Outcome outcome = select(List.of(), List.of("a", "b", "c", "d"));

    assertThat(outcome.population()).doesNotContain(fitness("d", Double.POSITIVE_INFINITY));
    assertThat(outcome.finalists())
        .filteredOn(each -> !each.failed().isEmpty())
        .containsExactly(fitness("d", Double.POSITIVE_INFINITY));
  }

  private StagedSelection.Outcome select(List<Fitness> parents, List<String> offspring) {
    List<Lot> incumbents =
        parents.isEmpty()
            ? List.of()
            : List.of(new Lot(SET, parents.stream().map(Fitness::candidateId).toList()));
    return new StagedSelection(STAGES, new Draws(TEXT, 100, 0), 1, this::evaluate)
        .select(incumbents, parents, List.of(new Lot(SET, offspring)));
  }

  private List<Fitness> evaluate(List<Lot> lots, TextWindows text) {
    List<String> ids = lots.stream().flatMap(lot -> lot.ids().stream()).toList();
    evaluated.add(text.windows() + ": " + String.join(" ", ids));
    return ids.stream()
        .map(
            id -> {
              Map<Integer, Double> known = perplexities.get(id);
              return fitness(id, known.getOrDefault(text.windows(), known.get(0)));
            })
        .toList();
  }

  private void given(String id, int windows, double perplexity) {
    perplexities.computeIfAbsent(id, key -> new TreeMap<>()).put(windows, perplexity);
  }

  private static Fitness fitness(String id, double perplexity) {
    String failed = Double.isFinite(perplexity) ? "" : "no numbers";
    return new Fitness(id, perplexity, false, 10L, failed);
  }
}
