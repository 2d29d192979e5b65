package dev.selfpruner.gpu.train;

/**
 * How the demo model is trained. The same options give the same model on the same kind of machine.
 *
 * @param seed of the text, the first weights, the batches and the skipped layers
 * @param steps updates of the weights
 * @param batch windows in a step
 * @param sequenceLength tokens predicted in a window; also the model's context length
 * @param peakLearningRate after the warm-up; it falls to a tenth of it on a half cosine
 * @param weightDecay of the matrices, a step's share times the learning rate
 * @param largestGradientNorm gradients are scaled down to this length
 * @param skippedDepth probability that a step skips the last layer; the layers before are skipped
 *     less, in proportion to their depth, and the first never (stochastic depth, Huang et al. 2016)
 * @param threads of the native library's operators
 */
public record DemoTrainingOptions(
    DemoArchitecture architecture,
    long seed,
    int steps,
    int batch,
    int sequenceLength,
    double peakLearningRate,
    double weightDecay,
    double largestGradientNorm,
    double skippedDepth,
    int threads) {

  public DemoTrainingOptions {
    requirePositive("steps", steps);
    requirePositive("windows in a batch", batch);
    requirePositive("tokens in a window", sequenceLength);
    requirePositive("threads", threads);
    if (!(peakLearningRate > 0.0 && peakLearningRate < 1.0)) {
      throw new IllegalArgumentException("learning rate out of (0, 1): " + peakLearningRate);
    }
    if (!(weightDecay >= 0.0 && weightDecay <= 1.0)) {
      throw new IllegalArgumentException("weight decay out of [0, 1]: " + weightDecay);
    }
    if (!(largestGradientNorm > 0.0)) {
      throw new IllegalArgumentException(
          "the largest gradient norm is positive, not " + largestGradientNorm);
    }
    if (!(skippedDepth >= 0.0 && skippedDepth < 1.0)) {
      throw new IllegalArgumentException("probability out of [0, 1): " + skippedDepth);
    }
  }

  /** What the demo model that we ship was trained with. */
  public static DemoTrainingOptions shipped() {
    DemoArchitecture architecture = new DemoArchitecture(8, 64, 8, 4, 16, 128, 512);
    return new DemoTrainingOptions(architecture, 1, 2000, 4, 256, 6e-3, 0.1, 1.0, 0.4, 1);
  }

  private static void requirePositive(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "number of %s is at least 1, not %d".formatted(what, value));
    }
  }
}
