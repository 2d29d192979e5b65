package dev.selfpruner.gpu.latency;

import dev.selfpruner.gpu.engine.ProgressListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Times pieces of work by the median of several repetitions, each of which goes through all of
 * them: what changes about the machine meanwhile (clocks, heat, neighbours) meets all alike.
 *
 * @param repetitions that count; two more come before them, which load kernels
 * @param nanoseconds a clock
 */
record Stopwatch(int repetitions, LongSupplier nanoseconds) {
  static final int REPETITIONS = 9;
  private static final int WARM_UPS = 2;

  Stopwatch {
    if (repetitions < 1) {
      throw new IllegalArgumentException("at least one repetition, not " + repetitions);
    }
  }

  /** A piece of work, which returns when it is done. */
  @FunctionalInterface
  interface Work {
    void run();
  }

  /** Median seconds of each piece of work. */
  List<Double> seconds(List<? extends Work> all, ProgressListener listener) {
    double[][] seconds = new double[all.size()][repetitions];
    long total = (long) (WARM_UPS + repetitions) * all.size();
    for (int i = -WARM_UPS; i < repetitions; i++) {
      for (int j = 0; j < all.size(); j++) {
        long start = nanoseconds.getAsLong();
        all.get(j).run();
        double elapsed = (nanoseconds.getAsLong() - start) / 1e9;
        if (i >= 0) {
          seconds[j][i] = elapsed;
        }
        listener.advanced((long) (WARM_UPS + i) * all.size() + j + 1, total);
      }
    }
    List<Double> medians = new ArrayList<>();
    for (double[] each : seconds) {
      Arrays.sort(each);
      medians.add(each[each.length / 2]);
    }
    return medians;
  }
}
