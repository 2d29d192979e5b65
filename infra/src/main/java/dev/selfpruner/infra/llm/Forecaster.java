package dev.selfpruner.infra.llm;

import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.infra.llm.LlmForecast.Ending;
import dev.selfpruner.llm.AnswerSize;
import dev.selfpruner.llm.operators.BuiltInOperators;
import dev.selfpruner.workflows.SearchSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Goes through a search's proposals and adds up what each asks of an LLM. */
public final class Forecaster {
  private final SearchSpec spec;
  private final int layers;
  private final PromptSizes prompts;
  private final List<Ending> ending = new ArrayList<>();
  private Spending spending = Spending.NOTHING;
  private int candidates;

  private Forecaster(SearchSpec spec, PrunableModel model, LargeLanguageModel llm) {
    this.spec = spec;
    this.layers = model.layers().size();
    this.prompts = new PromptSizes(spec, model, llm);
  }

  /**
   * What a search is going to ask; empty where it asks no LLM.
   *
   * @param model that is pruned, of which only the sizes count
   */
  public static Optional<LlmForecast> of(SearchSpec spec, PrunableModel model) {
    return Stream.of(spec.generator(), spec.initialisation())
        .flatMap(generator -> asked(generator).stream())
        .findFirst()
        .map(llm -> new Forecaster(spec, model, llm).forecast(llm));
  }

  private static Optional<LargeLanguageModel> asked(Generator generator) {
    return generator instanceof LargeLanguageModel llm && !llm.isRecorded()
        ? Optional.of(llm)
        : Optional.empty();
  }

  private LlmForecast forecast(LargeLanguageModel llm) {
    int population = spec.evolution().population();
    int first = BuiltInOperators.shareOfLlm(population, measured());
    propose(spec.initialisation(), 0, Operator.INITIALISE, first);
    candidates += population - first;
    for (int i = 1; i <= spec.evolution().iterations(); i++) {
      propose(spec.generator(), i, Operator.MUTATE, spec.evolution().mutations());
      propose(spec.generator(), i, Operator.CROSS_OVER, spec.evolution().crossovers());
    }
    int list = size(llm).tokensPerList();
    return new LlmForecast(llm.model(), spending, list, list <= llm.maxOutputTokens(), ending);
  }

  /** Whether blocks are measured before the first population, which then isn't all the LLM's. */
  private boolean measured() {
    return spec.method().stream().anyMatch(method -> method.probing().windows() > 0);
  }

  /** As the LLM worker takes it to be until it has seen an answer. */
  private AnswerSize size(LargeLanguageModel llm) {
    return new AnswerSize(llm.answerFormat(), layers, llm.maxOutputTokens());
  }

  private void propose(Generator generator, int iteration, Operator operator, int count) {
    asked(generator).ifPresent(llm -> ask(llm, iteration, operator, count));
    candidates += count;
  }

  /** As many questions as answers of the length that is asked for need. */
  private void ask(LargeLanguageModel llm, int iteration, Operator operator, int count) {
    AnswerSize size = size(llm);
    int together = size.lists();
    for (int there = 0; there < count; there += together) {
      int lists = Math.min(together, count - there);
      long input = prompts.tokens(operator, lists);
      long output = Math.min(llm.maxOutputTokens(), (long) lists * size.tokensPerList());
      spending = spending.plus(new Spending(1, input, output, spec.limits().cost(input, output)));
      if (ending.isEmpty()) {
        int evaluations = candidates + there;
        spec.limits()
            .exceededBy(spending)
            .ifPresent(reason -> ending.add(new Ending(reason, iteration, evaluations)));
      }
    }
  }
}
