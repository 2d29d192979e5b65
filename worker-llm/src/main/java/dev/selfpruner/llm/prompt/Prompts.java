package dev.selfpruner.llm.prompt;

import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.llm.operators.ProposalTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes the prompts of a search. They ask for what Self-Pruner's Figures 2 and 3 ask for: the task
 * and the model, the attributes of a solution, and for mutation and crossover the current
 * population with its fitness.
 */
public final class Prompts {
  private final ProposalTask task;
  private final String model;

  /**
   * Prompts of one proposal.
   *
   * @param model name of the model or a path to it, of which only the last part is told
   */
  public Prompts(ProposalTask task, String model) {
    this.task = task;
    this.model = lastPart(model);
  }

  /** Digest of the templates. */
  public String templates() {
    return "";
  }

  /** The first prompt of a proposal. */
  public String first(int count) {
    return ask(count);
  }

  /** A prompt for the rest. */
  public String continued(int count, List<LayerRates> taken) {
    return again(count, taken, List.of());
  }

  /**
   * A prompt for what is still missing: the first one's task, and what was wrong.
   *
   * @param taken the rates already accepted from earlier answers
   * @param problems of earlier answers
   */
  public String again(int missing, List<LayerRates> taken, List<String> problems) {
    String lists = taken.isEmpty() ? "(none)" : lines(taken.stream().map(Prompts::list).toList());
    return ask(missing)
        + "\n\n"
        + PromptTemplate.load("again")
            .fill(
                Map.of(
                    "count", lists(missing),
                    "problems", lines(problems.stream().map(line -> "- " + line).toList()),
                    "taken", lists));
  }

  private String ask(int count) {
    Operator operator = task.operator();
    return switch (operator) {
      case BASELINE -> throw new IllegalArgumentException("an LLM is not asked for baselines");
      case INITIALISE ->
          PromptTemplate.load("initialise")
              .fill(
                  Map.of(
                      "model", model,
                      "layers", Integer.toString(task.layers()),
                      "count", lists(count),
                      "attributes", attributes()));
      case MUTATE -> vary("mutate", count);
      case CROSS_OVER -> vary("cross-over", count);
    };
  }

  private String vary(String operation, int count) {
    return PromptTemplate.load("vary")
        .fill(
            Map.of(
                "model", model,
                "layers", Integer.toString(task.layers()),
                "operation", PromptTemplate.load(operation).text(),
                "count", lists(count),
                "attributes", attributes(),
                "population", population()));
  }

  private String attributes() {
    return PromptTemplate.load("attributes")
        .fill(
            Map.of(
                "layers", Integer.toString(task.layers()),
                "mean", rate(task.budget().sparsity())));
  }

  private String population() {
    List<String> tried = new ArrayList<>();
    for (Individual individual : task.population()) {
      String fitness =
          Double.isFinite(individual.perplexity())
              ? String.format(Locale.ROOT, "%.4f", individual.perplexity())
              : "not finite, as bad as can be";
      tried.add(
          "%d. %s  fitness: %s"
              .formatted(tried.size() + 1, list(individual.candidate().rates()), fitness));
    }
    return lines(tried);
  }

  private static String lists(int count) {
    return count == 1 ? "1 list" : count + " lists";
  }

  private static String list(LayerRates rates) {
    return rates.rates().stream().map(Prompts::rate).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String rate(double rate) {
    return String.format(Locale.ROOT, "%.5f", rate);
  }

  private static String lines(List<String> lines) {
    return String.join("\n", lines);
  }

  private static String lastPart(String path) {
    String name = path.replaceAll("[/\\\\]+$", "");
    return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  }
}
