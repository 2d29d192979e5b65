package dev.selfpruner.gpu.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.llama.Forward;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Measures the loss of pruned models. The result depends on the model, the plan and the windows, to
 * the last bit, and not on the number of threads.
 */
public final class PerplexityEvaluator {
  private final TorchThreads threads;

  /**
   * An evaluator that may be used by several threads.
   *
   * @param threads stay the caller's
   */
  public PerplexityEvaluator(TorchThreads threads) {
    this.threads = threads;
  }

  /**
   * Runs the units that a plan keeps over windows of text.
   *
   * @throws IllegalArgumentException if the plan or a token is not of this model; before any work
   */
  public WindowLosses evaluate(
      LoadedModel model, PruningPlan plan, TokenWindows windows, ProgressListener listener) {
    model.requireKnows(windows.ids());
    try (Forward forward = model.forward(plan, windows.sequenceLength())) {
      ChunkedRun run = new ChunkedRun(windows, forward.layers(), listener);
      List<Double> means =
          run.run(threads, (progress, chunk) -> losses(forward, progress, chunk)).stream()
              .flatMapToDouble(DoubleStream::of)
              .map(sum -> sum / (windows.sequenceLength() - 1))
              .boxed()
              .toList();
      return new WindowLosses(means, windows.tokens());
    }
  }

  private static double[] losses(Forward forward, ChunkedRun progress, List<int[]> windows) {
    try (NDManager manager = forward.newManager()) {
      NDArray tokens = forward.tokens(manager, windows);
      NDArray hidden = forward.embed(manager, tokens);
      for (int layer = 0; layer < forward.layers(); layer++) {
        try (NDArray before = hidden) {
          hidden = forward.layer(manager, layer, before);
        }
        progress.step();
      }
      return forward.losses(manager, hidden, tokens).toDoubleArray();
    }
  }
}
