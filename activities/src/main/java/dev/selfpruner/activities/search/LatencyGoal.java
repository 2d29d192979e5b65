package dev.selfpruner.activities.search;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.plan.Target;

/**
 * A budget of time.
 *
 * @param target that plans have to meet
 * @param table artifact of what was measured ({@link MeasuredLatency})
 */
public record LatencyGoal(Target.Latency target, ArtifactRef table) {}
