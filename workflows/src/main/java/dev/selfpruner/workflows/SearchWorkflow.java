package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.SearchResult;
import io.temporal.common.converter.RawValue;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** The evolutionary search for layer-wise pruning rates (Self-Pruner, Algorithm 1). */
@WorkflowInterface
public interface SearchWorkflow {

  /**
   * Searches, and prunes the model by the best plan found. Started again with the same spec, on a
   * server that remembers nothing, it goes on after the last iteration recorded in the artifact
   * store.
   *
   * @param input JSON: a {@link SearchSpec}, or fields of one, which are completed ({@link
   *     SearchInput}); what is no such input fails the run with the field's name
   */
  @WorkflowMethod
  SearchResult search(RawValue input);

  /** How far the search is. */
  @QueryMethod
  SearchProgress progress();

  /** The survivors of the last finished iteration. */
  @QueryMethod
  PopulationView population();

  /** The same with the best of them alone. */
  @QueryMethod
  PopulationView best();

  /** What it has used, and may use. */
  @QueryMethod
  SpendingView spending();

  /**
   * Begins nothing new until it is resumed: no iteration, and no batch of the one under way.
   * Batches under way, which are at most eight, are finished. The clock of a limit of time goes on.
   *
   * @param reason JSON text, or an object with {@code reason} and {@code by}; null means none
   * @param by JSON text, whom; null means that nobody says
   */
  @UpdateMethod(
      description =
          "Begins nothing new until it is resumed. Input: \"a reason\", {\"reason\": \"...\", \"by\": \"...\"}, or none")
  SearchProgress pause(RawValue reason, RawValue by);

  @UpdateValidatorMethod(updateName = "pause")
  void checkPause(RawValue reason, RawValue by);

  /** Goes on after a pause. */
  @UpdateMethod(description = "Goes on after a pause. Input: none")
  SearchProgress resume();

  @UpdateValidatorMethod(updateName = "resume")
  void checkResume();

  /**
   * Ends it with the best so far, as if its last iteration had come: ranking, fit, report. The
   * iteration under way is given up, unless it is the one that makes the first population; what it
   * has evaluated stays in the store.
   *
   * @param reason JSON text, or an object with {@code reason} and {@code by}; null means none
   * @param by JSON text, whom; null means that nobody says
   */
  @UpdateMethod(
      description =
          "Ends the search with the best so far. Input: \"a reason\", {\"reason\": \"...\", \"by\": \"...\"}, or none")
  SearchProgress stop(RawValue reason, RawValue by);

  @UpdateValidatorMethod(updateName = "stop")
  void checkStop(RawValue reason, RawValue by);

  /**
   * Adds to what ends it.
   *
   * @param more JSON: an {@link Extension}
   */
  @UpdateMethod(
      description =
          "Adds to what ends the search. Input: {\"iterations\": 10}, or tokens, evaluations, seconds, llmTokens, cost, patience")
  SearchProgress extend(RawValue more);

  @UpdateValidatorMethod(updateName = "extend")
  void checkExtend(RawValue more);

  /**
   * Adds a candidate to the next iteration's offspring. Fails where no plan on the budget comes of
   * it.
   *
   * @param candidate JSON: an {@link dev.selfpruner.activities.search.InjectedCandidate}
   */
  @UpdateMethod(
      description =
          "Adds a candidate to the next iteration. Input, a number a layer: {\"rates\": [...]}, or {\"queryHeads\": [...], \"neurons\": [...]}")
  SearchProgress inject(RawValue candidate);

  @UpdateValidatorMethod(updateName = "inject")
  void checkInject(RawValue candidate);

  /** An iteration tells of finished batches. */
  @SignalMethod
  void evaluated(BatchProgress batch);
}
