package dev.selfpruner.llm.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.LayerStatistics;
import dev.selfpruner.activities.search.LayerStatistics.Block;
import dev.selfpruner.activities.search.LayerStatistics.Layer;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.Trials;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptsTest {
  private static final PromptSet PAPER = PromptSet.builtIn("paper");
  private static final PromptSet INFORMED = PromptSet.builtIn("informed");
  private static final Knowledge LITTLE = Knowledge.of("/home/somebody/models/Llama-2-7b/");

  private static final Block SMALL =
      new Block(2.0, 0.5, List.of(0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7));
  private static final Block LARGE =
      new Block(6.0, 12.5, List.of(0.02, 0.04, 0.10, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8));

  @Test
  void theFirstPopulationIsAskedForWithModelLayersMeanAndCount() {
    assertThat(new Prompts(PAPER, Tasks.initialise(), AnswerFormat.TEXT, LITTLE).first(12))
        .isEqualTo(
            """
            # Task

            We are compressing the language model Llama-2-7b by structured pruning: attention heads \
            and MLP neurons are cut out of its 4 decoder layers, without any training afterwards. \
            The smaller model should predict held-out text nearly as well as before, so its \
            perplexity there has to stay as low as it can.

            The pruning rate of a layer is the fraction of that layer's parameters that is cut. \
            Layers do not matter equally: some can lose much and others hardly anything. Take it in \
            steps. Work out first, from what you know of this model or of models built like it, how \
            much each layer matters at its depth; then write down 12 lists of pruning rates that \
            are worth a try, ordered from the first decoder layer to the last.

            # Form of each list

            - 4 decimal fractions, one per decoder layer, from 0 up to but not including 1, rounded \
            to 5 places (a quarter is 0.25000, not 25).
            - Their mean is 0.30000.
            - It differs from all the others, and its rates are not all alike.
            - An opening square bracket, the numbers with commas between them, a closing square \
            bracket.

            Reply with 12 lists, one to a line, and no other words.""");
  }

  @Test
  void variationsAreAskedForWithThePopulationAndItsFitness() {
    assertThat(
            new Prompts(PAPER, Tasks.vary(Operator.MUTATE), AnswerFormat.SCHEMA, LITTLE).first(3))
        .isEqualTo(
            """
            # Task

            An evolutionary search is choosing how much to prune from each of the 4 decoder layers \
            of the language model Llama-2-7b. It has kept 2 candidates so far, which are shown at \
            the end: for each, the pruning rate of every layer (the fraction of the layer's \
            parameters that is cut) and its fitness, which is the pruned model's perplexity on \
            held-out text. A smaller fitness is better.

            Your part is mutation. Pick the candidates that deserve to be parents; make every new \
            one from one of them, by altering the rates of some layers.

            Take it in steps. Compare the candidates before you decide: where do the good ones \
            prune more than the poor ones, and where less? Then write down exactly 3 configurations \
            of new pruning rates, ordered from the first decoder layer to the last.

            # Form of each configuration

            - 4 decimal fractions, one per decoder layer, from 0 up to but not including 1, rounded \
            to 5 places (a quarter is 0.25000, not 25).
            - Their mean is 0.30000.
            - It differs from all the others, and its rates are not all alike.
            - A JSON object with the keys layer_0 to layer_3, in this order, and one of the numbers \
            for each.

            # Candidates and their fitness, best first

            1. [0.20000, 0.30000, 0.40000, 0.30000]  fitness: 12.3457
            2. [0.60000, 0.20000, 0.20000, 0.20000]  fitness: not finite, as bad as can be

            Reply with 3 configurations in one JSON object of the form \
            {"configurations": [{"layer_0": 0.12345, ...}, ...]}, and no other words.""");
  }

  @Test
  void theInformedPromptTellsWhatWasMeasuredAndTried() {
    String prompt =
        new Prompts(INFORMED, Tasks.vary(Operator.CROSS_OVER), AnswerFormat.TEXT, knowledge())
            .first(1);

    assertThat(prompt)
        .contains(
            "perplexity on WikiText-2",
            "Your part is crossover. Pick the candidates that deserve to be parents; make every"
                + " new one from two of them",
            "write down exactly 1 list of new pruning rates",
            "with the least important 30 % of its units")
        .endsWith(
            """
            layer | attention: mass, activation, lost | MLP: mass, activation, lost
            0 | 6.25 0.500 5.0 | 18.75 12.5 10.0
            1 | 18.75 12.5 10.0 | 6.25 0.500 5.0
            2 | 6.25 0.500 5.0 | 6.25 0.500 5.0
            3 | 18.75 12.5 10.0 | 18.75 12.5 10.0

            # What was tried lately

            New candidates beside the one that each was made from, or is most like: the fitness \
            before and after, and the layers whose rates were moved most, in points (+1.0 is 0.01 \
            more of the layer).

            - mutation, 12.3457 -> 11.5000, better: layer 0 +5.0, layer 1 -3.0, layer 2 -2.0 (2.5 \
            on average)

            # Candidates, best first

            A line for each: number, fitness, and the rates of layers 0 to 3, rounded to 3 places.

            1. 12.3457 | 0.200 0.300 0.400 0.300
            2. infinite | 0.600 0.200 0.200 0.200

            Reply with 1 list, one to a line, and no other words.""");
    assertThat(new Prompts(INFORMED, Tasks.initialise(), AnswerFormat.SCHEMA, knowledge()).first(9))
        .contains("write down 9 configurations of", "2 | 6.25 0.500 5.0 | 6.25 0.500 5.0\n")
        .doesNotContain("# What was tried lately", "{{", "}}");
  }

  @Test
  void whatIsNotKnownLeavesNoGap() {
    String first = new Prompts(INFORMED, Tasks.initialise(), AnswerFormat.TEXT, LITTLE).first(12);
    String mutation =
        new Prompts(INFORMED, Tasks.vary(Operator.MUTATE), AnswerFormat.TEXT, LITTLE).first(3);

    assertThat(List.of(first, mutation))
        .allSatisfy(
            prompt ->
                assertThat(prompt)
                    .doesNotContain("# What was measured", "# What was tried", "{{", "\n\n\n"));
  }

  @Test
  void whatIsMissingIsAskedForWithTheProblemsAndWhatWasTaken() {
    Prompts prompts = new Prompts(PAPER, Tasks.initialise(), AnswerFormat.TEXT, LITTLE);

    assertThat(
            prompts.again(
                2,
                List.of(new LayerRates(List.of(0.1, 0.2, 0.4, 0.5))),
                List.of("a list had 3 numbers, not 4", "a list repeated another one")))
        .startsWith("# Task")
        .contains("write down 2 lists of")
        .endsWith(
            """
            # What is missing

            Earlier replies to this request could not be used in full:
            - a list had 3 numbers, not 4
            - a list repeated another one

            2 lists must still be found. These were accepted already and must not come again:
            [0.10000, 0.20000, 0.40000, 0.50000]""");
    assertThat(prompts.again(12, List.of(), List.of("there was no list")))
        .endsWith("must not come again:\n(none)");
  }

  @Test
  void whatEndedTooEarlyIsContinuedWithoutBlame() {
    Prompts prompts = new Prompts(INFORMED, Tasks.initialise(), AnswerFormat.SCHEMA, knowledge());

    assertThat(prompts.continued(1, List.of(new LayerRates(List.of(0.1, 0.2, 0.4, 0.5)))))
        .startsWith("# Task")
        .contains("Reply with 1 configuration in one JSON object")
        .endsWith(
            """
            # What is there already

            These were accepted from the replies so far and need not come again:
            [0.10000, 0.20000, 0.40000, 0.50000]

            Go on from there with 1 configuration more.""");
  }

  @Test
  void statisticsOfAnotherModelAreRefused() {
    Knowledge ofOneLayer =
        new Knowledge(
            "m", "text", List.of(new LayerStatistics(List.of(new Layer(SMALL, SMALL)))), List.of());

    assertThatThrownBy(
            () -> new Prompts(INFORMED, Tasks.initialise(), AnswerFormat.TEXT, ofOneLayer))
        .hasMessage("statistics of 1 layers, the model has 4");
  }

  private static Knowledge knowledge() {
    return new Knowledge(
        "Llama-2-7b",
        "WikiText-2",
        List.of(
            new LayerStatistics(
                List.of(
                    new Layer(SMALL, LARGE),
                    new Layer(LARGE, SMALL),
                    new Layer(SMALL, SMALL),
                    new Layer(LARGE, LARGE)))),
        List.of(
            new Knowledge.Round(
                new Population(0, Tasks.POPULATION),
                new Trials(1, List.of(Tasks.individual("c", 11.5, 0.25, 0.27, 0.38, 0.3))))));
  }
}
