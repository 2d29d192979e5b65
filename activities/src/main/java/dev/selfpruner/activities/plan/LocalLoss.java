package dev.selfpruner.activities.plan;

import java.util.List;

/**
 * A block's change in loss near a plan: the parabola through the plan and one step on either side
 * where that is convex, else (noise, or one side alone) the straight line through the outer ones.
 */
final class LocalLoss {
  private final long base;
  private final long down;
  private final long up;
  private final double slope;
  private final double curvature;

  private LocalLoss(long base, long down, long up, double slope, double curvature) {
    this.base = base;
    this.down = down;
    this.up = up;
    this.slope = slope;
    this.curvature = curvature;
  }

  /**
   * @param base units that the plan keeps
   * @param loss of the plan
   * @param measured one or two levels
   * @throws IllegalArgumentException if there is not at most one level on each side of the plan
   */
  static LocalLoss near(long base, double loss, List<Level> measured) {
    List<Level> below = measured.stream().filter(level -> level.kept() < base).toList();
    List<Level> above = measured.stream().filter(level -> level.kept() > base).toList();
    if (below.size() > 1 || above.size() > 1 || below.size() + above.size() < measured.size()) {
      throw new IllegalArgumentException(
          "the plan keeps %d units; one step down and one up are not %s".formatted(base, measured));
    }
    long down = below.isEmpty() ? 0 : base - below.get(0).kept();
    long up = above.isEmpty() ? 0 : above.get(0).kept() - base;
    double fall = below.isEmpty() ? 0 : (loss - below.get(0).loss()) / down;
    double rise = above.isEmpty() ? 0 : (above.get(0).loss() - loss) / up;
    if (down == 0 || up == 0) {
      return new LocalLoss(base, down, up, fall + rise, 0);
    }
    double curvature = (rise - fall) / (down + up);
    return curvature > 0
        ? new LocalLoss(base, down, up, fall + curvature * down, curvature)
        : new LocalLoss(base, down, up, (fall * down + rise * up) / (down + up), 0);
  }

  /** Units of a step down; that of a step up where none was measured. */
  long down() {
    return down == 0 ? up : down;
  }

  /** Units of a step up; that of a step down where none was measured. */
  long up() {
    return up == 0 ? down : up;
  }

  /** Change in loss, in nats a token, where the block keeps {@code kept} units. */
  double change(long kept) {
    double units = kept - base;
    return units * (slope + curvature * units);
  }
}
