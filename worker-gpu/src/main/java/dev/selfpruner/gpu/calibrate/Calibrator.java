package dev.selfpruner.gpu.calibrate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.evaluate.ChunkedRun;
import dev.selfpruner.gpu.evaluate.ProgressListener;
import dev.selfpruner.gpu.llama.Forward;
import dev.selfpruner.gpu.llama.InputSquares;
import dev.selfpruner.gpu.llama.LayerLayout;
import dev.selfpruner.gpu.llama.LayerObservation;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Wanda-sp importance (An et al., FLAP, section 4) from one pass of the dense model: a column of
 * o_proj or down_proj scores the mean over output rows of |W| times the L2 norm of that column's
 * input over all calibration tokens; a neuron is a column, a query head the sum of its columns.
 */
public final class Calibrator {
  private final TorchThreads threads;

  /**
   * A calibrator that may be used by several threads.
   *
   * @param threads stay the caller's
   */
  public Calibrator(TorchThreads threads) {
    this.threads = threads;
  }

  /**
   * Runs the dense model over calibration text.
   *
   * @param model with its units in any layout
   * @return scores in the stored model's order, the same whatever the number of threads
   * @throws IllegalArgumentException if a token is not of this model, or its activations overflow
   */
  public Importance calibrate(LoadedModel model, TokenWindows windows, ProgressListener listener) {
    model.requireKnows(windows.ids());
    int layers = model.config().layers().size();
    List<List<InputSquares>> chunks;
    try (Forward forward = model.forward(model.dense(), windows.sequenceLength())) {
      ChunkedRun run = new ChunkedRun(windows, layers, listener);
      chunks = run.run(threads, (progress, chunk) -> observe(forward, progress, chunk));
    }
    List<LayerImportance> importance = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      int layer = i;
      // Chunks are added up in their order, not in that in which they end.
      InputSquares sum =
          chunks.stream().map(chunk -> chunk.get(layer)).reduce(InputSquares::plus).orElseThrow();
      importance.add(importance(model, layer, sum));
    }
    return new Importance(importance, windows.tokens());
  }

  private static List<InputSquares> observe(
      Forward forward, ChunkedRun progress, List<int[]> windows) {
    List<InputSquares> squares = new ArrayList<>();
    try (NDManager manager = forward.newManager()) {
      NDArray hidden = forward.embed(manager, forward.tokens(manager, windows));
      for (int layer = 0; layer < forward.layers(); layer++) {
        try (NDArray before = hidden) {
          LayerObservation observation = forward.observedLayer(manager, layer, before);
          hidden = observation.hidden();
          squares.add(observation.inputSquares());
        }
        progress.step();
      }
    }
    return squares;
  }

  private static LayerImportance importance(LoadedModel model, int layer, InputSquares squares) {
    LayerLayout layout = model.layout(layer);
    double[] headColumns = scores(model.attentionOutputMagnitudes(layer), squares.heads());
    double[] neurons = scores(model.downMagnitudes(layer), squares.neurons());
    int width = model.config().headSize();
    double[] heads = new double[layout.queryHeads().size()];
    for (int i = 0; i < headColumns.length; i++) {
      heads[i / width] += headColumns[i];
    }
    return new LayerImportance(
        asStored(heads, layout.queryHeads()), asStored(neurons, layout.neurons()));
  }

  private static double[] scores(double[] magnitudes, double[] squares) {
    double[] scores = new double[magnitudes.length];
    Arrays.setAll(scores, i -> magnitudes[i] * Math.sqrt(squares[i]));
    return scores;
  }

  /**
   * Scores of units by position in a layout, turned back to the order of the stored model, and
   * rounded to float32 as {@link ImportanceFile} keeps them: the order of units is the same either
   * way.
   */
  private static List<Double> asStored(double[] scores, List<Integer> units) {
    Double[] stored = new Double[scores.length];
    for (int position = 0; position < scores.length; position++) {
      stored[units.get(position)] = (double) (float) scores[position];
    }
    return List.of(stored);
  }
}
