package dev.selfpruner.activities.plan;

/**
 * A measured loss where one block keeps less than it has.
 *
 * @param kept units that the block keeps: query heads of attention, neurons of an MLP, parameters
 *     of a whole layer
 * @param loss mean nats a token
 */
public record Level(long kept, double loss) {
  public Level {
    if (kept < 1) {
      throw new IllegalArgumentException("a block keeps at least one unit, not " + kept);
    }
    if (!Double.isFinite(loss)) {
      throw new IllegalArgumentException(
          "the loss where %d units stay is not finite: %s".formatted(kept, loss));
    }
  }
}
