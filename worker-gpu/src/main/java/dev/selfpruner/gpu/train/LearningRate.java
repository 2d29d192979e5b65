package dev.selfpruner.gpu.train;

/** Warms up in a straight line, then falls on a half cosine to a tenth of the peak. */
record LearningRate(double peak, int steps) {
  private static final double WARM_UP = 0.05;
  private static final double FLOOR = 0.1;

  /** Of a step, counted from 0. */
  double at(int step) {
    double warmUp = Math.max(1, WARM_UP * steps);
    if (step < warmUp) {
      return peak * (step + 1) / warmUp;
    }
    double done = (step - warmUp) / Math.max(1, steps - warmUp);
    return peak * (FLOOR + (1 - FLOOR) * (1 + StrictMath.cos(StrictMath.PI * done)) / 2);
  }
}
