/**
 * Candidates and populations: the activities of LLM workers (Self-Pruner, section 3.2).
 *
 * <p>{@link dev.selfpruner.llm.PopulationActivitiesImpl} is what a worker registers.
 */
package dev.selfpruner.llm;
