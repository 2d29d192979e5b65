package dev.selfpruner.infra.inspect;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.workflows.SearchSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A search as the store has it.
 *
 * @param key that its artifacts are named by
 * @param workflowId that people know it by
 * @param start what was asked for; none where it began before that was recorded, else one
 * @param iterations in order
 * @param result none before there is one
 * @param sensitivity what the dense model's blocks cost: none where it wasn't measured, else one
 */
public record RecordedSearch(
    String key,
    String workflowId,
    List<SearchStart> start,
    List<RecordedIteration> iterations,
    List<SearchResult> result,
    List<Sensitivity> sensitivity) {
  public RecordedSearch {
    sensitivity = List.copyOf(sensitivity);
    start = List.copyOf(start);
    iterations = List.copyOf(iterations);
    result = List.copyOf(result);
  }

  /** What was asked for, where it is recorded. */
  public List<SearchSpec> spec() {
    return start.stream()
        .map(
            begun ->
                Json.readStored(begun.spec().getBytes(StandardCharsets.UTF_8), SearchSpec.class))
        .toList();
  }

  /** With the price that answers are charged at. */
  public LlmLimits limits() {
    return start.stream().map(SearchStart::limits).findFirst().orElse(LlmLimits.NONE);
  }

  /** All questions, in order. */
  public List<AskedQuestion> questions() {
    return iterations.stream().flatMap(iteration -> iteration.questions().stream()).toList();
  }

  /** The sum over all questions. */
  public Spending bill() {
    return questions().stream()
        .map(question -> question.spending())
        .reduce(Spending.NOTHING, Spending::plus);
  }

  /** What each operator's candidates came to, in finished iterations. */
  public List<Contribution> contributions() {
    SortedMap<Operator, Contribution> byOperator = new TreeMap<>();
    iterations.stream()
        .flatMap(iteration -> iteration.contributions().stream())
        .forEach(each -> byOperator.merge(each.operator(), each, Contribution::plus));
    return List.copyOf(byOperator.values());
  }

  public Usable usable() {
    return Usable.of(iterations);
  }
}
