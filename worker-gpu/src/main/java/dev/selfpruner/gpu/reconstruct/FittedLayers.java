package dev.selfpruner.gpu.reconstruct;

import java.util.Optional;

/** The layers of a plan that are fitted, to be read. */
public interface FittedLayers {
  /** Whether a layer is fitted. */
  boolean has(int layer);

  /** A layer's fitted projections, for the caller to close; empty where it isn't fitted. */
  Optional<FittedLayerFile> open(int layer);
}
