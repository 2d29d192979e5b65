package dev.selfpruner.activities.search;

/** The order in which a layer's units are removed: one, fixed, whatever a candidate keeps. */
public enum RemovalOrder {
  /** The least |W| times input norm first (Wanda-sp; An et al., FLAP, section 4). */
  WANDA_SP,
  /**
   * Greedily the unit whose removal costs least of the layer's output once the others make up for
   * it by least squares (structured optimal brain surgeon): needs {@link Compensation.LeastSquares}
   * where its plans are evaluated.
   */
  BRAIN_SURGEON
}
