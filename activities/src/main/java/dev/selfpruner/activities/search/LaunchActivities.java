package dev.selfpruner.activities.search;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** What comes between a search's input and its first activity: run by LLM workers. */
@ActivityInterface(namePrefix = "Launch")
public interface LaunchActivities {
  /** Type of the failure of an input that no search can be made of; its message names the field. */
  String INVALID_INPUT = "InvalidInput";

  /**
   * Completes what a search was started with, by the same rules as the command line, and checks it.
   *
   * @param input a JSON object with some of a search's fields
   * @return a search's complete spec, as JSON
   */
  @ActivityMethod
  String complete(String input);

  /**
   * Finds the run of a search that goes on here, so that nobody goes on with what was begun with
   * another model or text under the same name, and every firing of a schedule has a run of its own.
   * Asked again, the answer is the same.
   *
   * @return the run's number, the claim's own or a later one
   */
  @ActivityMethod
  int claim(RunClaim claim);
}
