package dev.selfpruner.gpu.engine;

/**
 * Told how far a run is, at its beginning, and after every attention and MLP block and every loss.
 */
@FunctionalInterface
public interface ProgressListener {
  /** Hears nothing and stops nothing. */
  ProgressListener SILENT = (done, total) -> {};

  /**
   * Called from the threads of the run, one call at a time; to be quick. Whatever it throws ends
   * the run, which releases its memory and throws it on.
   *
   * @param done steps done: 0 when a run begins, {@code total} when nothing is left to compute
   * @param total steps in all
   */
  void advanced(long done, long total);
}
