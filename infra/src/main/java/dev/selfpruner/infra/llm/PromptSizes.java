package dev.selfpruner.infra.llm;

import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.llm.operators.BuiltInOperators;
import dev.selfpruner.llm.operators.CandidatePool;
import dev.selfpruner.llm.operators.ProposalTask;
import dev.selfpruner.llm.prompt.Prompts;
import dev.selfpruner.workflows.SearchSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * How long a search's prompts are going to be: those of the LLM worker, on a population of the
 * right size that the built-in operators make. The one place that writes prompts before a search.
 */
final class PromptSizes {
  /** A token holds about three characters of the digits that prompts mostly are. */
  private static final int CHARACTERS_A_TOKEN = 3;

  /** Of no importance but for its length. */
  private static final double SOME_PERPLEXITY = 23.4567;

  private final SearchSpec spec;
  private final Budget budget;
  private final List<Individual> population;

  PromptSizes(SearchSpec spec, PrunableModel model) {
    this.spec = spec;
    this.budget = new Budget(model, spec.sparsity(), spec.widthMultiple());
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
    String prompt = new Prompts(task(operator, count, shown), spec.model()).first(count);
    return (prompt.length() + CHARACTERS_A_TOKEN - 1) / CHARACTERS_A_TOKEN;
  }

  private ProposalTask task(Operator operator, int count, List<Individual> shown) {
    int iteration = operator == Operator.INITIALISE ? 0 : 1;
    return new ProposalTask(iteration, operator, count, spec.seed(), budget, shown);
  }
}
