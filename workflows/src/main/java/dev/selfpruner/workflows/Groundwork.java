package dev.selfpruner.workflows;

import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.LatencyGoal;
import dev.selfpruner.activities.search.ProbeResult;
import java.util.List;
import java.util.Optional;

/**
 * What a search that measures first knows before its first population.
 *
 * @param windows that the search text has
 * @param probes of the dense model's blocks; none where they aren't measured
 * @param latency what plans have to meet in time: none where they haven't, else one; null means
 *     none
 */
public record Groundwork(int windows, List<ProbeResult> probes, List<LatencyGoal> latency) {
  public Groundwork {
    latency = List.copyOf(Optional.ofNullable(latency).orElse(List.of()));
    probes = List.copyOf(probes);
    if (windows < 1) {
      throw new IllegalArgumentException("a text to search on has a window, not " + windows);
    }
  }

  List<ArtifactRef> fitness() {
    return probes.stream().map(ProbeResult::fitness).toList();
  }
}
