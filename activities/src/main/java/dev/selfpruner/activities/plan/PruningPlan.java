package dev.selfpruner.activities.plan;

import dev.selfpruner.activities.Digests;
import java.util.List;
import java.util.stream.Collectors;

/** Units kept per decoder layer, in layer order. */
public record PruningPlan(List<LayerPlan> layers) {
  public PruningPlan {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a model has at least one decoder layer");
    }
  }

  /** SHA-256 of the kept counts; equal plans of one model have equal digests. */
  public String digest() {
    return Digests.sha256(
        layers.stream()
            .map(layer -> layer.queryHeads() + ":" + layer.neurons())
            .collect(Collectors.joining(",")));
  }
}
