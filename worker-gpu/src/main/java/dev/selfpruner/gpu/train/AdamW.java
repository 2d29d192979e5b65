package dev.selfpruner.gpu.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019) on one vector of parameters. */
final class AdamW {
  private static final double FIRST_DECAY = 0.9;
  private static final double SECOND_DECAY = 0.95;
  private static final double EPSILON = 1e-8;

  private final NDArray parameters;
  private final NDArray firstMoment;
  private final NDArray secondMoment;
  private final NDArray decay;
  private int step;

  /**
   * @param decay the weight decay of each parameter; belongs to the optimiser from now on
   */
  AdamW(NDArray parameters, NDArray decay) {
    this.parameters = parameters;
    this.decay = decay;
    this.firstMoment = parameters.zerosLike();
    this.secondMoment = parameters.zerosLike();
  }

  /**
   * Updates the parameters in place, after scaling the gradient down to {@code largestNorm} if it
   * is longer.
   *
   * @return the gradient's length before that
   */
  double update(NDArray gradient, double learningRate, double largestNorm) {
    step++;
    try (NDManager scratch = parameters.getManager().newSubManager()) {
      gradient.attach(scratch);
      double norm = Math.sqrt(gradient.square().sum().getFloat());
      NDArray clipped = gradient.mul(Math.min(1.0, largestNorm / (norm + EPSILON)));
      firstMoment.muli(FIRST_DECAY).addi(clipped.mul(1 - FIRST_DECAY));
      secondMoment.muli(SECOND_DECAY).addi(clipped.square().muli(1 - SECOND_DECAY));
      double firstBias = 1 - StrictMath.pow(FIRST_DECAY, step);
      double secondBias = 1 - StrictMath.pow(SECOND_DECAY, step);
      NDArray denominator = copy(scratch, secondMoment).divi(secondBias).sqrt().addi(EPSILON);
      NDArray change = copy(scratch, firstMoment).divi(firstBias).divi(denominator);
      change.addi(copy(scratch, decay).muli(parameters));
      parameters.subi(change.muli(learningRate));
      return norm;
    }
  }

  /**
   * An operation's result belongs to its first operand's manager: what is computed from the state,
   * and not in place, would stay until the training ends.
   */
  private static NDArray copy(NDManager scratch, NDArray state) {
    NDArray copy = state.duplicate();
    copy.attach(scratch);
    return copy;
  }
}
