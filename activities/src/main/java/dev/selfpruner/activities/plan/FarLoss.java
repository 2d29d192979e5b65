package dev.selfpruner.activities.plan;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A block's change in loss around a plan where it was measured at several distances: straight lines
 * between the measured levels and the plan itself, and nothing beyond the outermost.
 *
 * @param changes in loss, in nats a token, by units kept; the plan's own is 0
 */
record FarLoss(TreeMap<Long, Double> changes) {

  /** Whether more was measured than a step down and a step up. */
  static boolean isMeasured(long base, List<Level> levels) {
    long below = levels.stream().filter(level -> level.kept() < base).count();
    return below > 1 || levels.size() - below > 1;
  }

  /**
   * @param base units that the plan keeps
   * @param loss of the plan
   */
  static FarLoss around(long base, double loss, List<Level> measured) {
    TreeMap<Long, Double> changes = new TreeMap<>();
    measured.forEach(level -> changes.put(level.kept(), level.loss() - loss));
    changes.put(base, 0.0);
    return new FarLoss(changes);
  }

  boolean reaches(long kept) {
    return kept >= changes.firstKey() && kept <= changes.lastKey();
  }

  /** Change in loss where the block keeps {@code kept} units, which must be within reach. */
  double change(long kept) {
    Map.Entry<Long, Double> below = changes.floorEntry(kept);
    Map.Entry<Long, Double> above = changes.ceilingEntry(kept);
    if (below.getKey().equals(above.getKey())) {
      return below.getValue();
    }
    double way = (double) (kept - below.getKey()) / (above.getKey() - below.getKey());
    return below.getValue() + way * (above.getValue() - below.getValue());
  }
}
