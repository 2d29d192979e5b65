package dev.selfpruner.activities.plan;

/**
 * What JSON leaves out: heads that go one by one, so that layers look as they did before there were
 * units, and have the digests that they had.
 */
final class SingleHeads {
  @Override
  public boolean equals(Object other) {
    return Integer.valueOf(1).equals(other);
  }

  @Override
  public int hashCode() {
    return 1;
  }
}
