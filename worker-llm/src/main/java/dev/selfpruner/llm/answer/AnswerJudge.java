package dev.selfpruner.llm.answer;

import dev.selfpruner.activities.plan.LayerRates;
import dev.selfpruner.activities.plan.PlanBudget;
import dev.selfpruner.llm.operators.CandidatePool;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Checks the lists of an answer, repairs them by projection on the budget, and hands what is new to
 * a pool of candidates.
 *
 * @param budget that the candidates have to meet
 * @param source what the candidates' lineage names as their generator
 */
public record AnswerJudge(PlanBudget budget, String source) {

  /** Judges the lists of an answer in order, until nothing is missing in the pool. */
  public List<JudgedList> judge(String answer, CandidatePool pool) {
    List<JudgedList> judged = new ArrayList<>();
    for (AnswerList list : AnswerParser.parse(answer, budget.model().layers().size())) {
      judged.add(judge(list, pool));
    }
    return judged;
  }

  /** What was wrong with an answer, each problem once, in words that can be sent back. */
  public static List<String> problems(List<JudgedList> judged) {
    if (judged.isEmpty()) {
      return List.of("there was no list of numbers in the form asked for");
    }
    LinkedHashSet<String> problems = new LinkedHashSet<>();
    for (JudgedList list : judged) {
      if (list.isProblem()) {
        problems.add(list.verdict());
      }
    }
    if (problems.isEmpty()) {
      problems.add("there were fewer lists than asked for");
    }
    return List.copyOf(problems);
  }

  private JudgedList judge(AnswerList list, CandidatePool pool) {
    if (list instanceof AnswerList.Broken broken) {
      return JudgedList.unusable(List.of(), broken.reason());
    }
    List<Double> values = ((AnswerList.Numbers) list).values();
    if (pool.missing() == 0) {
      return JudgedList.unusable(values, JudgedList.NOT_NEEDED);
    }
    int layers = budget.model().layers().size();
    if (values.size() != layers) {
      return JudgedList.unusable(
          values, "a list had %d numbers, not %d".formatted(values.size(), layers));
    }
    if (!values.stream().allMatch(Double::isFinite)) {
      return JudgedList.unusable(values, "a list had values that are no finite numbers");
    }
    if (!values.stream().allMatch(value -> value >= 0.0 && value < 1.0)) {
      return JudgedList.unusable(
          values, "a list had numbers below 0, or of 1 and more (rates are not per cents)");
    }
    return repaired(values, pool);
  }

  private JudgedList repaired(List<Double> values, CandidatePool pool) {
    LayerRates rates = new LayerRates(values);
    LayerRates projected = budget.project(rates);
    double distance = 0;
    for (int i = 0; i < values.size(); i++) {
      distance += Math.abs(projected.rates().get(i) - values.get(i)) / values.size();
    }
    return new JudgedList(values, projected.rates(), distance, verdict(rates, pool));
  }

  private String verdict(LayerRates rates, CandidatePool pool) {
    if (isFlat(rates)) {
      return "a list had the same rate for every layer";
    }
    return switch (pool.offer(rates, source, List.of())) {
      case ACCEPTED -> JudgedList.USED;
      case DUPLICATE -> "a list repeated another one";
      case IN_POPULATION -> "a list repeated one of the configurations given";
      case OFF_BUDGET -> "a list could not be brought to the mean asked for";
    };
  }

  /** Whether the rates are so nearly uniform that they keep what uniform rates keep. */
  private boolean isFlat(LayerRates rates) {
    try {
      return budget.plan(budget.project(rates)).equals(budget.uniform());
    } catch (IllegalArgumentException e) { // off the budget: the pool says so
      return false;
    }
  }
}
