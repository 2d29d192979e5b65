package dev.selfpruner.gpu.activity;

/**
 * What of its machine a worker reads for those who start searches.
 *
 * @param models where models may lie
 * @param texts where texts may lie
 */
public record Locations(Roots models, Roots texts) {
  /** Whatever the worker's user may read. */
  public static final Locations ANYWHERE = new Locations(Roots.anywhere(), Roots.anywhere());
}
