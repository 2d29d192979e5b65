package dev.selfpruner.infra.llm;

import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.Level;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.LayerStatistics;
import dev.selfpruner.activities.search.LayerStatistics.Block;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.Trials;
import dev.selfpruner.llm.chat.TokenCount;
import dev.selfpruner.llm.operators.BuiltInOperators;
import dev.selfpruner.llm.operators.CandidatePool;
import dev.selfpruner.llm.operators.ProposalTask;
import dev.selfpruner.llm.prompt.Knowledge;
import dev.selfpruner.llm.prompt.Knowledge.Round;
import dev.selfpruner.llm.prompt.PromptSet;
import dev.selfpruner.llm.prompt.Prompts;
import dev.selfpruner.workflows.SearchSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How long a search's prompts are going to be: those of the LLM worker, on a population of the
 * right size that the built-in operators make. The one place that writes prompts before a search.
 */
final class PromptSizes {
  /** Of no importance but for its length. */
  private static final double SOME_PERPLEXITY = 23.4567;

  /** In the place of what a budget of time comes to, which nobody knows before it is measured. */
  private static final double SOME_SPARSITY = 0.3;

  private static final double SOME_LOSS = Math.log(SOME_PERPLEXITY);

  private final SearchSpec spec;
  private final Budget budget;
  private final List<Individual> population;
  private final LargeLanguageModel llm;

  PromptSizes(SearchSpec spec, PrunableModel model, LargeLanguageModel llm) {
    this.llm = llm;
    this.spec = spec;
    double sparsity = spec.latency().isEmpty() ? spec.sparsity() : SOME_SPARSITY;
    this.budget = new Budget(model, sparsity, spec.widthMultiple());
    this.population = sample();
  }

  private List<Individual> sample() {
    ProposalTask first = task(Operator.INITIALISE, spec.evolution().population(), List.of());
    CandidatePool pool = new CandidatePool(first);
    BuiltInOperators.fill(pool, first, new Generator.BuiltIn());
    List<Individual> individuals = new ArrayList<>();
    for (Candidate candidate : pool.candidates()) {
      individuals.add(new Individual(candidate, SOME_PERPLEXITY));
    }
    return individuals;
  }

  /** Tokens of a prompt that asks for some candidates, about. */
  int tokens(Operator operator, int count) {
    List<Individual> shown = operator == Operator.INITIALISE ? List.of() : population;
    String prompt =
        new Prompts(set(), task(operator, count, shown), llm.answerFormat(), knowledge())
            .first(count);
    return TokenCount.estimate(prompt);
  }

  /** A set of the user's own is taken to be about as long as the longest that there is. */
  private PromptSet set() {
    String name = llm.prompt();
    return PromptSet.builtIn(PromptSet.isBuiltIn(name) ? name : LargeLanguageModel.INFORMED);
  }

  /** As much of it as there is going to be. */
  private Knowledge knowledge() {
    Block some = new Block(1.0, 1.0, Collections.nCopies(Block.TENTHS, 0.1));
    int layers = budget.model().layers().size();
    Round round = new Round(new Population(0, population), new Trials(1, population));
    return new Knowledge(
        spec.model(),
        spec.searchText().path(),
        List.of(
            new LayerStatistics(
                Collections.nCopies(layers, new LayerStatistics.Layer(some, some)))),
        List.of(round, round),
        sensitivity());
  }

  /**
   * Of a search that measures blocks first, some figures in the place of what it is going to
   * measure.
   */
  private List<Sensitivity> sensitivity() {
    return spec.method().stream()
        .filter(method -> method.probing().windows() > 0)
        .map(
            method ->
                new Sensitivity(
                    budget.model().layers().stream().map(PromptSizes::some).toList(), SOME_LOSS))
        .toList();
  }

  private static Sensitivity.Layer some(PrunableLayer layer) {
    return Sensitivity.Layer.ofBlocks(
        List.of(new Level(1, 2 * SOME_LOSS)), List.of(new Level(1, 2 * SOME_LOSS)));
  }

  private ProposalTask task(Operator operator, int count, List<Individual> shown) {
    int iteration = operator == Operator.INITIALISE ? 0 : 1;
    return new ProposalTask(iteration, operator, count, spec.seed(), budget, shown);
  }
}
