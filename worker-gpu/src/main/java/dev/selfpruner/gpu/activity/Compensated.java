package dev.selfpruner.gpu.activity;

import dev.selfpruner.gpu.engine.Engines;
import dev.selfpruner.gpu.engine.Fits;
import java.io.IOException;

/**
 * What makes up for removed units.
 *
 * @param key names it, and everything that it depends on beside model, calibration and plan
 * @param source of the fits, asked when something has to run
 */
record Compensated(String key, Source source) {
  /** Gives fits. */
  @FunctionalInterface
  interface Source {
    /**
     * Prepares fits, which stay the source's.
     *
     * @param engines that will run with them
     */
    Fits fits(Engines engines) throws IOException;
  }

  /** Nothing, as keys have always named it. */
  static final Compensated NONE = new Compensated("none", engines -> Fits.NONE);
}
