package dev.selfpruner.activities.plan;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * A {@link PrunableLayer} as JSON has it. Not a record, because a creator's parameters must not be
 * missing, and layers whose heads go one by one don't say so.
 */
final class StoredLayer {
  @JsonProperty private int hiddenSize;
  @JsonProperty private int headSize;
  @JsonProperty private int neurons;
  @JsonProperty private List<Integer> keyValueHeadOfQueryHead = List.of();
  @JsonProperty private List<Integer> headsAscending = List.of();
  @JsonProperty private int headsInUnit = 1;

  /** What is missing is refused as a size of 0, or as no heads. */
  PrunableLayer layer() {
    return new PrunableLayer(
        hiddenSize, headSize, neurons, keyValueHeadOfQueryHead, headsAscending, headsInUnit);
  }
}
