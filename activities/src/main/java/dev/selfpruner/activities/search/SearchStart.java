package dev.selfpruner.activities.search;

import java.util.List;

/**
 * Tells an LLM worker of a search that begins.
 *
 * @param searchKey names the search run
 * @param workflowId that people know it by: a beginning of the key, whatever its workflow is called
 * @param spec what is searched, as JSON
 * @param generators who are going to answer
 * @param limits on what may be asked of an LLM
 */
public record SearchStart(
    String searchKey,
    String workflowId,
    String spec,
    List<Generator> generators,
    LlmLimits limits) {
  public SearchStart {
    generators = List.copyOf(generators);
  }
}
