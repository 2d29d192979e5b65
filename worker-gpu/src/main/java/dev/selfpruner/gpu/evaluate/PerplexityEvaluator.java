package dev.selfpruner.gpu.evaluate;

import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.engine.Chunks;
import dev.selfpruner.gpu.engine.FitnessEngine;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Measures the loss of pruned models on a text, without a store to find it in again. */
public final class PerplexityEvaluator implements AutoCloseable {
  private final LoadedModel model;
  private final FitnessEngine engine;

  /**
   * An evaluator of one model.
   *
   * @param model stays the caller's
   * @param threads stay the caller's
   */
  public PerplexityEvaluator(LoadedModel model, TorchThreads threads, MemoryBudget memory) {
    this.model = model;
    this.engine = new FitnessEngine(model, threads, memory);
  }

  /**
   * Runs the units that a plan keeps over windows of text.
   *
   * @throws IllegalArgumentException if the plan or a token is not of this model; before any work
   */
  public WindowLosses evaluate(PruningPlan plan, TokenWindows windows, ProgressListener listener) {
    int perChunk = Chunks.windowsPerChunk(windows.sequenceLength(), model.type());
    return evaluate(List.of(plan), windows, perChunk, listener).get(0);
  }

  /**
   * As {@link #evaluate(PruningPlan, TokenWindows, ProgressListener)}, of several plans at once.
   */
  public List<WindowLosses> evaluate(
      List<PruningPlan> plans,
      TokenWindows windows,
      int windowsPerChunk,
      ProgressListener listener) {
    model.requireKnows(windows.ids());
    List<WindowLosses> losses = new ArrayList<>(Collections.nCopies(plans.size(), null));
    engine.run(
        plans,
        Chunks.of(windows, windowsPerChunk),
        new PerplexityPass(),
        listener,
        (plan, chunks) -> losses.set(plan, losses(chunks, windows)));
    return losses;
  }

  private static WindowLosses losses(List<double[]> chunks, TokenWindows windows) {
    return new WindowLosses(
        chunks.stream().flatMapToDouble(Arrays::stream).boxed().toList(), windows.tokens());
  }

  @Override
  public void close() {
    engine.close();
  }
}
