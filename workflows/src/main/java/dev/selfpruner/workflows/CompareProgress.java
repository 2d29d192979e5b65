package dev.selfpruner.workflows;

import java.util.List;

/**
 * How far a comparison is.
 *
 * @param searches that it consists of
 * @param finished searches that have ended, failed ones included
 * @param failed searches that have failed
 * @param running searches under way
 */
public record CompareProgress(int searches, int finished, int failed, List<Running> running) {
  public CompareProgress {
    running = List.copyOf(running);
  }

  /**
   * A search under way.
   *
   * @param entry name of what is searched
   * @param seed that it is searched with
   * @param workflowId of the search, which tells its own progress
   */
  public record Running(String entry, long seed, String workflowId) {}
}
