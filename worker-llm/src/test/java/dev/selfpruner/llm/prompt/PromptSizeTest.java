package dev.selfpruner.llm.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.LayerStatistics;
import dev.selfpruner.activities.search.LayerStatistics.Block;
import dev.selfpruner.activities.search.LayerStatistics.Layer;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.Trials;
import dev.selfpruner.llm.operators.ProposalTask;
import dev.selfpruner.llm.testing.Models;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The paper's largest search: 80 layers, 30 individuals, 20 offspring an iteration. */
class PromptSizeTest {
  private static final int LAYERS = 80;
  private static final int CHARACTERS_IN_A_TOKEN = 3;

  private final Budget budget = new Budget(Models.small(LAYERS), 0.3);
  private final SplittableRandom random = new SplittableRandom(7);
  private final List<Individual> population = individuals(30);
  private final ProposalTask task = new ProposalTask(3, Operator.MUTATE, 10, 1, budget, population);
  private final Knowledge knowledge = knowledge();

  @Test
  void informedPromptsStaySmall() {
    int whole = tokens("informed", AnswerFormat.TEXT);
    int candidates = PopulationTable.compact(population).length() / CHARACTERS_IN_A_TOKEN;

    assertThat(whole - candidates).isBetween(1_000, 3_000);
    assertThat(whole).isLessThan(8_000);
    assertThat(tokens("informed", AnswerFormat.SCHEMA)).isLessThan(8_000);
  }

  @Test
  void populationsAsListsAreMostOfThePapersPrompts() {
    assertThat(tokens("paper", AnswerFormat.TEXT)).isBetween(6_000, 9_000);
    assertThat(tokens("paper", AnswerFormat.SCHEMA)).isBetween(6_000, 9_000);
  }

  private int tokens(String set, AnswerFormat format) {
    return new Prompts(PromptSet.builtIn(set), task, format, knowledge).first(10).length()
        / CHARACTERS_IN_A_TOKEN;
  }

  private Knowledge knowledge() {
    return new Knowledge(
        "Llama-2-70b",
        "WikiText-2",
        List.of(
            new LayerStatistics(
                Stream.generate(() -> new Layer(block(), block())).limit(LAYERS).toList())),
        IntStream.of(2, 1)
            .mapToObj(
                iteration ->
                    new Knowledge.Round(
                        new Population(iteration - 1, population),
                        new Trials(iteration, individuals(20))))
            .toList());
  }

  private Block block() {
    List<Double> lost = random.doubles(Block.TENTHS).sorted().boxed().toList();
    return new Block(random.nextDouble(1e3, 1e6), random.nextDouble(1e-4, 1e2), lost);
  }

  private List<Individual> individuals(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              LayerRates rates =
                  budget.project(new LayerRates(random.doubles(LAYERS, 0.1, 0.5).boxed().toList()));
              return new Individual(
                  new Candidate(
                      "i01-mutate-" + i,
                      rates,
                      budget.plan(rates),
                      new Lineage(1, Operator.MUTATE, "test", List.of())),
                  random.nextDouble(10, 100));
            })
        .toList();
  }
}
