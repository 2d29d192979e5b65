package dev.selfpruner.gpu.calibrate;

import dev.selfpruner.activities.search.LayerStatistics;
import dev.selfpruner.gpu.engine.Chunk;
import dev.selfpruner.gpu.engine.Chunks;
import dev.selfpruner.gpu.engine.FitnessEngine;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.llama.LayerLayout;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
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
  private final MemoryBudget memory;

  /**
   * A calibrator for models one after another.
   *
   * @param threads stay the caller's
   */
  public Calibrator(TorchThreads threads, MemoryBudget memory) {
    this.threads = threads;
    this.memory = memory;
  }

  /**
   * Runs the dense model over calibration text.
   *
   * @param model with its units in any layout
   * @return scores in the stored model's order, the same whatever the number of threads
   * @throws IllegalArgumentException if a token is not of this model, or its activations overflow
   */
  public Importance calibrate(LoadedModel model, TokenWindows windows, ProgressListener listener) {
    return calibrate(
        model, windows, Chunks.windowsPerChunk(windows.sequenceLength(), model.type()), listener);
  }

  /** As {@link #calibrate(LoadedModel, TokenWindows, ProgressListener)}, in chunks of a size. */
  public Importance calibrate(
      LoadedModel model, TokenWindows windows, int windowsPerChunk, ProgressListener listener) {
    return measure(model, windows, windowsPerChunk, listener).importance();
  }

  /**
   * As {@link #calibrate(LoadedModel, TokenWindows, int, ProgressListener)}, with the layers'
   * statistics.
   */
  public Calibrated measure(
      LoadedModel model, TokenWindows windows, int windowsPerChunk, ProgressListener listener) {
    model.requireKnows(windows.ids());
    List<Chunk> chunks = Chunks.of(windows, windowsPerChunk);
    ImportancePass pass = new ImportancePass(model.config().layers().size(), chunks.size());
    try (FitnessEngine engine = new FitnessEngine(model, threads, memory)) {
      engine.run(List.of(model.dense()), chunks, pass, listener, (plan, nothing) -> {});
    }
    List<LayerImportance> importance = new ArrayList<>();
    List<LayerStatistics.Layer> statistics = new ArrayList<>();
    for (int layer = 0; layer < model.config().layers().size(); layer++) {
      importance.add(importance(model, layer, pass));
      statistics.add(Statistics.of(importance.get(layer), pass, layer, windows.tokens()));
    }
    return new Calibrated(
        new Importance(importance, windows.tokens()), new LayerStatistics(statistics));
  }

  private static LayerImportance importance(LoadedModel model, int layer, ImportancePass pass) {
    LayerLayout layout = model.layout(layer);
    double[] headColumns = scores(pass.headMagnitudes(layer), pass.headSquares(layer));
    double[] neurons = scores(pass.neuronMagnitudes(layer), pass.neuronSquares(layer));
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
