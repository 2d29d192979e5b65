package dev.selfpruner.gpu.reconstruct;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.engine.Fits.Parallel;
import dev.selfpruner.gpu.llama.Decoder;
import java.util.List;

/**
 * A^T A and A^T T of one block, over all tokens: sums in float64 of each chunk's products in
 * float32, which are added in the order of the chunks whatever the number of threads.
 */
final class BlockStatistics implements AutoCloseable {
  private final Decoder decoder;
  private final LeastSquares math;
  private final NDManager owner;
  private final long inputs;
  private final NDArray gram;
  private final NDArray cross;
  private final NDArray towards;

  /**
   * What a chunk adds.
   *
   * @param inputs A, {@code [tokens, inputs]}, float32
   * @param targets T, {@code [tokens, hidden]}, float32
   */
  record Sample(NDArray inputs, NDArray targets) {}

  /**
   * Statistics of no chunk yet.
   *
   * @param towards what the fit shrinks to in its first rows; stays the caller's
   */
  BlockStatistics(Decoder decoder, LeastSquares math, long inputs, NDArray towards) {
    this.decoder = decoder;
    this.math = math;
    this.owner = decoder.newManager();
    this.inputs = inputs;
    this.gram = math.zeros(owner, towards, inputs, inputs);
    this.cross = math.zeros(owner, towards, inputs, decoder.config().hiddenSize());
    this.towards = towards;
  }

  /** Adds chunks in their order; each task adds all of them to some rows. */
  void add(List<Sample> samples, Parallel parallel) {
    int pieces = Math.toIntExact((inputs + SequentialFit.ROWS - 1) / SequentialFit.ROWS);
    parallel.run(
        2 * pieces,
        task -> {
          long start = (long) (task / 2) * SequentialFit.ROWS;
          long end = Math.min(inputs, start + SequentialFit.ROWS);
          for (Sample sample : samples) {
            try (NDManager scratch = decoder.newManager()) {
              if (task % 2 == 0) {
                math.accumulate(scratch, gram, sample.inputs(), sample.inputs(), start, end);
              } else {
                math.accumulate(scratch, cross, sample.inputs(), sample.targets(), start, end);
              }
            }
          }
        });
  }

  /** The fit, once: {@code [inputs, hidden]}, float32. */
  NDArray solve(NDManager manager, double damping) {
    return math.refit(manager, gram, cross, towards, damping);
  }

  @Override
  public void close() {
    owner.close();
  }
}
