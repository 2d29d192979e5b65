package dev.selfpruner.gpu.calibrate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.engine.Block;
import dev.selfpruner.gpu.engine.Chunk;
import dev.selfpruner.gpu.engine.Pass;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LayerWeights;
import dev.selfpruner.gpu.llama.Observed;
import java.util.Arrays;

/**
 * Collects what the two output projections of every layer read, and their magnitudes while the
 * layer is on the device. Chunks are added up in their order, not in that in which they end.
 */
final class ImportancePass implements Pass<Integer> {
  private final double[][][] headSquares;
  private final double[][][] neuronSquares;
  private final double[][] headMagnitudes;
  private final double[][] neuronMagnitudes;

  ImportancePass(int layers, int chunks) {
    headSquares = new double[layers][chunks][];
    neuronSquares = new double[layers][chunks][];
    headMagnitudes = new double[layers][];
    neuronMagnitudes = new double[layers][];
  }

  @Override
  public NDArray attention(Place place, Block block) {
    Observed observed = block.observedAttention();
    headSquares[place.layer()][place.chunk()] = observed.inputSquares();
    if (place.chunk() == 0) {
      LayerWeights weights = block.weights();
      headMagnitudes[place.layer()] = block.decoder().columnMagnitudes(weights.attentionOutput());
      neuronMagnitudes[place.layer()] = block.decoder().columnMagnitudes(weights.down());
    }
    return observed.hidden();
  }

  @Override
  public NDArray mlp(Place place, Block block) {
    Observed observed = block.observedMlp();
    neuronSquares[place.layer()][place.chunk()] = observed.inputSquares();
    return observed.hidden();
  }

  /** Nothing: what this is for is in the layers. */
  @Override
  public Integer finish(
      Decoder decoder, NDManager manager, NDArray hidden, Chunk windows, int chunk) {
    return chunk;
  }

  /** Sums over all tokens of the squared inputs of o_proj, by column of the layout. */
  double[] headSquares(int layer) {
    return sum(headSquares[layer]);
  }

  /** Sums over all tokens of the squared inputs of down_proj, by column of the layout. */
  double[] neuronSquares(int layer) {
    return sum(neuronSquares[layer]);
  }

  /** Mean over output rows of the magnitude of o_proj's columns. */
  double[] headMagnitudes(int layer) {
    return headMagnitudes[layer];
  }

  /** Mean over output rows of the magnitude of down_proj's columns. */
  double[] neuronMagnitudes(int layer) {
    return neuronMagnitudes[layer];
  }

  private static double[] sum(double[][] chunks) {
    double[] sum = chunks[0].clone();
    for (double[] chunk : Arrays.asList(chunks).subList(1, chunks.length)) {
      Arrays.setAll(sum, i -> sum[i] + chunk[i]);
    }
    return sum;
  }
}
