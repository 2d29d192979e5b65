package dev.selfpruner.llm.prompt;

import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.llm.operators.ProposalTask;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes the prompts of one proposal. They ask for what Self-Pruner's Figures 2 and 3 ask for: the
 * task and the model, the attributes of a solution, and for mutation and crossover the current
 * population with its fitness.
 */
public final class Prompts {
  private final PromptSet set;
  private final ProposalTask task;
  private final AnswerFormat format;
  private final Knowledge knowledge;

  /**
   * Prompts of one proposal.
   *
   * @param format in which answers are asked for
   * @param knowledge that is told as far as the set has places for it
   */
  public Prompts(PromptSet set, ProposalTask task, AnswerFormat format, Knowledge knowledge) {
    this.set = set;
    this.task = task;
    this.format = format;
    this.knowledge = knowledge;
    knowledge.statistics().forEach(each -> requireLayers("statistics", each.layers().size()));
    knowledge.sensitivity().forEach(each -> requireLayers("sensitivity", each.layers().size()));
  }

  /** Digest of the templates. */
  public String templates() {
    return set.sha256();
  }

  /** Asks for candidates when there are none yet. */
  public String first(int count) {
    return tidy(fill(task(), values(count)));
  }

  /**
   * Asks for what is still missing after answers that could not be used: the task, and what was
   * wrong.
   *
   * @param count candidates still wanted
   * @param taken the rates already accepted from earlier answers
   * @param problems of earlier answers
   */
  public String again(int count, List<LayerRates> taken, List<String> problems) {
    return followed(
        PromptFile.AGAIN,
        count,
        taken,
        problems.stream().map(line -> "- " + line).collect(Collectors.joining("\n")));
  }

  /**
   * Asks for more after an answer that was good as far as it went, blaming nobody.
   *
   * @param count candidates still wanted
   * @param taken the rates already accepted from earlier answers
   */
  public String continued(int count, List<LayerRates> taken) {
    return followed(PromptFile.CONTINUE, count, taken, "");
  }

  private String followed(PromptFile file, int count, List<LayerRates> taken, String problems) {
    Map<String, String> values = values(count);
    values.put("problems", problems);
    values.put(
        "taken",
        taken.isEmpty()
            ? "(none)"
            : taken.stream().map(Figures::list).collect(Collectors.joining("\n")));
    return tidy(fill(task(), values) + "\n\n" + fill(file, values));
  }

  private PromptFile task() {
    Operator operator = task.operator();
    return switch (operator) {
      case INITIALISE -> PromptFile.INITIALISE;
      case MUTATE, CROSS_OVER -> PromptFile.VARY;
      case BASELINE, LEVEL_SWITCH, DESCEND, PROBE, INJECT ->
          throw new IllegalArgumentException("an LLM is not asked for " + operator);
    };
  }

  private Map<String, String> values(int count) {
    boolean schema = format == AnswerFormat.SCHEMA;
    Map<String, String> values = new HashMap<>();
    values.put("model", knowledge.model());
    values.put("text", knowledge.text());
    values.put("layers", Integer.toString(task.layers()));
    values.put("last layer", Integer.toString(task.layers() - 1));
    values.put("mean", Figures.rate(task.budget().sparsity()));
    values.put("share", Figures.format("%.0f %%", 100 * task.budget().sparsity()));
    values.put("count", number(count, schema ? "configuration" : "list"));
    values.put("individuals", number(task.population().size(), "candidate"));
    values.put(
        "attributes",
        fill(schema ? PromptFile.ATTRIBUTES_SCHEMA : PromptFile.ATTRIBUTES_TEXT, values));
    values.put("reply", fill(schema ? PromptFile.REPLY_SCHEMA : PromptFile.REPLY_TEXT, values));
    values.put("statistics", statistics(values));
    values.put("sensitivity", sensitivity(values));
    if (task.operator() != Operator.INITIALISE) {
      values.put(
          "operation",
          fill(
              task.operator() == Operator.MUTATE ? PromptFile.MUTATE : PromptFile.CROSS_OVER,
              values));
      values.put("population", PopulationTable.lists(task.population()));
      values.put("population table", PopulationTable.compact(task.population()));
      values.put("tried", tried(values));
    }
    return values;
  }

  private String statistics(Map<String, String> values) {
    if (!set.tellsStatistics() || knowledge.statistics().isEmpty()) {
      return "";
    }
    String table = StatisticsTable.of(knowledge.statistics().get(0), task.budget().sparsity());
    return section(PromptFile.STATISTICS, table, values);
  }

  private String sensitivity(Map<String, String> values) {
    if (!set.tellsSensitivity() || knowledge.sensitivity().isEmpty()) {
      return "";
    }
    String table = SensitivityTable.of(knowledge.sensitivity().get(0), task.budget().model());
    return section(PromptFile.SENSITIVITY, table, values);
  }

  private String tried(Map<String, String> values) {
    if (!set.tellsTrials()) {
      return "";
    }
    String table = TriedTable.of(knowledge.rounds());
    return table.isEmpty() ? "" : section(PromptFile.TRIED, table, values);
  }

  private String section(PromptFile file, String table, Map<String, String> values) {
    Map<String, String> withTable = new HashMap<>(values);
    withTable.put("table", table);
    return fill(file, withTable);
  }

  private String fill(PromptFile file, Map<String, String> values) {
    return set.template(file).fill(values);
  }

  private void requireLayers(String what, int layers) {
    if (layers != task.layers()) {
      throw new IllegalArgumentException(
          "%s of %d layers, the model has %d".formatted(what, layers, task.layers()));
    }
  }

  /** A section that isn't there leaves no gap. */
  private static String tidy(String prompt) {
    return prompt.replaceAll("\n{3,}", "\n\n");
  }

  private static String number(int count, String what) {
    return count == 1 ? "1 " + what : count + " " + what + "s";
  }
}
