package dev.selfpruner.activities.search;

/**
 * Asks for a run of a search.
 *
 * @param spec of the search with the first run that may be it, as JSON
 * @param owner workflow that wants a run of its own; empty where one with the same inputs will do
 * @param inputs what it reads
 */
public record RunClaim(String spec, String owner, RunInputs inputs) {}
