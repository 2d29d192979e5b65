package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;

/**
 * What probes of single blocks gave; too many numbers for a workflow's history.
 *
 * @param fitness artifact: {@link Probes} as JSON
 * @param evaluated probes
 * @param alreadyKnown how many of them were found in the store
 * @param tokens that went through the model for them, a token through a part of it counting as that
 *     part, whether they were found or not
 */
public record ProbeResult(ArtifactRef fitness, int evaluated, int alreadyKnown, long tokens) {}
