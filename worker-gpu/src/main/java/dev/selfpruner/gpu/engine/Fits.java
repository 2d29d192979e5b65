package dev.selfpruner.gpu.engine;

import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LayerWeights;
import dev.selfpruner.gpu.llama.LoadedModel;
import java.util.SortedSet;
import java.util.function.IntConsumer;

/**
 * What o_proj and down_proj become where a plan removes units: a function of the layer and of the
 * units kept, and of nothing else of a run. Called from several threads, from one at a time for one
 * decoder.
 */
public interface Fits {
  /** Nothing: weights stay as they are. */
  Fits NONE = new NoFits();

  /**
   * What a run keeps of one layer.
   *
   * @param queryHeads each number of query heads that a plan of the run keeps
   * @param neurons each number of neurons
   */
  record Kept(SortedSet<Integer> queryHeads, SortedSet<Integer> neurons) {}

  /** Runs tasks 0 to {@code count - 1} on threads, and returns when all are done. */
  @FunctionalInterface
  interface Parallel {
    void run(int count, IntConsumer task);
  }

  /** A layer's weights for all that a run keeps of it, until it is closed. */
  interface FittedLayer extends AutoCloseable {
    /** Those that attention runs with. */
    LayerWeights attention(int queryHeads);

    /** Those that the MLP runs with. */
    LayerWeights mlp(int neurons);

    @Override
    void close();
  }

  /**
   * Fits a layer.
   *
   * @param weights as they are; valid for as long as what this returns is used
   */
  FittedLayer layer(Decoder decoder, int layer, LayerWeights weights, Kept kept, Parallel parallel);

  /**
   * Device memory that {@link #layer} takes, what is kept for later included.
   *
   * @param threads that compute at a time
   */
  long bytes(LoadedModel model, int layer, Kept kept, int threads);

  /** Gives memory back that is only kept for later. */
  void releaseCaches();
}
