package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.activities.search.Stopping;

/**
 * What a search has used, and what it may use with all that it was extended by.
 *
 * @param llm asked and answered until this iteration began
 * @param llmLimits on that
 * @param tokens that went through pruned models
 * @param evaluations done
 * @param stopping limits on these
 * @param iterations after the first population
 */
public record SpendingView(
    Spending llm,
    LlmLimits llmLimits,
    long tokens,
    int evaluations,
    Stopping stopping,
    int iterations) {}
