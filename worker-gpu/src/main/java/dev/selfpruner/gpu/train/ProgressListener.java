package dev.selfpruner.gpu.train;

/** Told of a training's progress, from the thread that trains. */
@FunctionalInterface
public interface ProgressListener {
  void onStep(Progress progress);

  /**
   * How far a training has come.
   *
   * @param step steps done
   * @param steps steps in all
   * @param loss of the last step's batch, in nats a token
   * @param gradientNorm before it was limited
   * @param tokensPerSecond trained on so far, on average
   */
  record Progress(int step, int steps, double loss, double gradientNorm, double tokensPerSecond) {
    public double secondsLeft(int tokensInAStep) {
      return (steps - step) * (double) tokensInAStep / tokensPerSecond;
    }
  }
}
