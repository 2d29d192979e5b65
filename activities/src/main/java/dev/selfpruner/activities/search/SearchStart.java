package dev.selfpruner.activities.search;

/**
 * Tells an LLM worker of a search that begins.
 *
 * @param searchKey names the search run
 * @param workflowId that people know it by
 * @param spec what is searched, as JSON
 * @param generator who is going to answer
 * @param limits on what may be asked of an LLM
 */
public record SearchStart(
    String searchKey, String workflowId, String spec, Generator generator, LlmLimits limits) {}
