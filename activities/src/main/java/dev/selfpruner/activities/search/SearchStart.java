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
  private static final int LENGTH = 16;

  public SearchStart {
    generators = List.copyOf(generators);
  }

  /** The name that people know a search run by, of the key that names it in the store. */
  public static String workflowId(String searchKey) {
    return "search-" + searchKey.substring(0, Math.min(LENGTH, searchKey.length()));
  }
}
