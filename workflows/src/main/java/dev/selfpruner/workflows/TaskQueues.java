package dev.selfpruner.workflows;

/** The queues that workers listen on. */
public final class TaskQueues {
  /** Workflow code: needs neither a model nor an LLM. */
  public static final String WORKFLOW = "selfpruner";

  /** {@link dev.selfpruner.activities.search.PopulationActivities}. */
  public static final String LLM = "llm";

  /** {@link dev.selfpruner.activities.search.ModelActivities}. */
  public static final String GPU = "gpu";

  private TaskQueues() {}
}
