package dev.selfpruner.llm.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Lineage;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.llm.operators.ProposalTask;
import dev.selfpruner.llm.testing.Models;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromptsTest {
  private static final Budget BUDGET = new Budget(Models.small(4), 0.3);

  @Test
  void theFirstPopulationIsAskedForWithModelLayersMeanAndCount() {
    String prompt =
        new Prompts(
                new ProposalTask(0, Operator.INITIALISE, 12, 1, BUDGET, List.of()),
                "/home/somebody/models/Llama-2-7b/")
            .first(12);

    assertThat(prompt)
        .contains("the language model Llama-2-7b by structured pruning")
        .contains("its 4 decoder layers")
        .contains("write down 12 lists")
        .contains("- 4 decimal fractions")
        .contains("rounded to 5 places")
        .contains("Their mean is 0.30000.")
        .contains("It differs from all the others")
        .contains("square bracket")
        .endsWith("Reply with 12 lists, one to a line, and no other words.")
        .doesNotContain("somebody")
        .doesNotContain("{{");
  }

  @Test
  void variationsAreAskedForWithThePopulationAndItsFitness() {
    List<Individual> population =
        List.of(
            individual("a", 12.34567, 0.2, 0.3, 0.4, 0.3),
            individual("b", Double.POSITIVE_INFINITY, 0.6, 0.2, 0.2, 0.2));
    String mutation =
        new Prompts(new ProposalTask(1, Operator.MUTATE, 1, 1, BUDGET, population), "m").first(1);
    String crossover =
        new Prompts(new ProposalTask(1, Operator.CROSS_OVER, 3, 1, BUDGET, population), "m")
            .first(3);

    assertThat(mutation)
        .contains(
            """
            1. [0.20000, 0.30000, 0.40000, 0.30000]  fitness: 12.3457
            2. [0.60000, 0.20000, 0.20000, 0.20000]  fitness: not finite, as bad as can be
            """)
        .contains("Your part is mutation.")
        .contains("exactly 1 list of")
        .contains("Their mean is 0.30000.")
        .doesNotContain("{{");
    assertThat(crossover).contains("Your part is crossover.").contains("exactly 3 lists of");
  }

  @Test
  void whatIsMissingIsAskedForWithTheProblemsAndWhatWasTaken() {
    Prompts prompts =
        new Prompts(new ProposalTask(0, Operator.INITIALISE, 3, 1, BUDGET, List.of()), "m");

    assertThat(
            prompts.again(
                2,
                List.of(new LayerRates(List.of(0.1, 0.2, 0.4, 0.5))),
                List.of("a list had 3 numbers, not 4", "a list repeated another one")))
        .startsWith("# Task")
        .contains("write down 2 lists of")
        .endsWith(
            """
            Earlier replies to this request could not be used in full:
            - a list had 3 numbers, not 4
            - a list repeated another one

            2 lists must still be found. These were accepted already and must not come again:
            [0.10000, 0.20000, 0.40000, 0.50000]""");
  }

  @Test
  void aTemplateIsFilledCompletelyAndOnce() {
    PromptTemplate template = new PromptTemplate("{{a}} and {{b}}");

    assertThat(template.fill(Map.of("a", "{{b}}", "b", "$1"))).isEqualTo("{{b}} and $1");
    assertThatThrownBy(() -> template.fill(Map.of("a", "x"))).hasMessage("no value for {{b}}");
    assertThatThrownBy(() -> template.fill(Map.of("a", "x", "b", "y", "c", "z")))
        .hasMessage("no place for [c]");
  }

  private static Individual individual(String id, double perplexity, Double... rates) {
    LayerRates layerRates = new LayerRates(List.of(rates));
    return new Individual(
        new Candidate(
            id,
            layerRates,
            BUDGET.plan(layerRates),
            new Lineage(0, Operator.INITIALISE, "built-in", List.of())),
        perplexity);
  }
}
