package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.InjectedCandidate;
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
   * @param reason in words; null means none
   * @param by whom; null means that nobody says
   */
  @UpdateMethod
  SearchProgress pause(String reason, String by);

  @UpdateValidatorMethod(updateName = "pause")
  void checkPause(String reason, String by);

  /** Goes on after a pause. */
  @UpdateMethod
  SearchProgress resume();

  @UpdateValidatorMethod(updateName = "resume")
  void checkResume();

  /**
   * Ends it with the best so far, as if its last iteration had come: ranking, fit, report. The
   * iteration under way is given up, unless it is the one that makes the first population; what it
   * has evaluated stays in the store.
   *
   * @param reason in words; null means none
   * @param by whom; null means that nobody says
   */
  @UpdateMethod
  SearchProgress stop(String reason, String by);

  @UpdateValidatorMethod(updateName = "stop")
  void checkStop(String reason, String by);

  /** Adds to what ends it. */
  @UpdateMethod
  SearchProgress extend(Extension more);

  @UpdateValidatorMethod(updateName = "extend")
  void checkExtend(Extension more);

  /**
   * Adds a candidate to the next iteration's offspring. Fails where no plan on the budget comes of
   * it.
   */
  @UpdateMethod
  SearchProgress inject(InjectedCandidate candidate);

  @UpdateValidatorMethod(updateName = "inject")
  void checkInject(InjectedCandidate candidate);

  /** An iteration tells of finished batches. */
  @SignalMethod
  void evaluated(BatchProgress batch);
}
