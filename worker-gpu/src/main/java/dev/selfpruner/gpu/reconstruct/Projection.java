package dev.selfpruner.gpu.reconstruct;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LayerLayout;
import dev.selfpruner.gpu.llama.LayerWeights;
import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.LlamaConfig;
import java.util.List;

/** The projections that add a layer's units to the residual stream: those that fits change. */
public enum Projection {
  /** o_proj, which reads query heads. */
  ATTENTION(LayerWeight.ATTENTION_OUTPUT, GramFile.ATTENTION),
  /** down_proj, which reads neurons. */
  MLP(LayerWeight.DOWN, GramFile.MLP);

  /** The decoder computes neurons in multiples of this, as long as the layer has them. */
  private static final int NEURONS = 16;

  private final LayerWeight weight;
  private final String tensorName;

  Projection(LayerWeight weight, String tensorName) {
    this.weight = weight;
    this.tensorName = tensorName;
  }

  /** Which of a layer's weights it is. */
  public LayerWeight weight() {
    return weight;
  }

  /** What its Gram matrix, or its fit, is called in a file. */
  public String tensorName() {
    return tensorName;
  }

  /** Units of a layer. */
  int units(LayerSize layer) {
    return switch (this) {
      case ATTENTION -> layer.queryHeads();
      case MLP -> layer.neurons();
    };
  }

  /** Units that a plan keeps of a layer. */
  int kept(LayerPlan layer) {
    return switch (this) {
      case ATTENTION -> layer.queryHeads();
      case MLP -> layer.neurons();
    };
  }

  /** Inputs that a unit gives. */
  int width(LlamaConfig config) {
    return switch (this) {
      case ATTENTION -> config.headSize();
      case MLP -> 1;
    };
  }

  /** The stored model's input that each input of the layout is. */
  long[] inputs(LayerLayout layout, LlamaConfig config) {
    List<Integer> units =
        switch (this) {
          case ATTENTION -> layout.queryHeads();
          case MLP -> layout.neurons();
        };
    int width = width(config);
    long[] inputs = new long[units.size() * width];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (long) units.get(i / width) * width + i % width;
    }
    return inputs;
  }

  /** Rows of the matrix that the decoder reads for so many units of a layer. */
  long rows(LlamaConfig config, LayerSize layer, int kept) {
    return switch (this) {
      case ATTENTION -> (long) kept * config.headSize();
      case MLP -> Math.min((kept + NEURONS - 1L) / NEURONS * NEURONS, layer.neurons());
    };
  }

  /** Transposed: {@code [units * width, hidden]}. */
  NDArray of(LayerWeights weights) {
    return switch (this) {
      case ATTENTION -> weights.attentionOutput();
      case MLP -> weights.down();
    };
  }

  /** A layer with this projection replaced. */
  LayerWeights replaced(LayerWeights weights, NDArray projection) {
    return switch (this) {
      case ATTENTION -> weights.withAttentionOutput(projection);
      case MLP -> weights.withDown(projection);
    };
  }

  /** What it reads of some units: {@code [tokens, n]}, zeros maybe after the units' columns. */
  NDArray inputs(
      Decoder decoder, NDManager manager, LayerWeights weights, NDArray hidden, int kept) {
    return switch (this) {
      case ATTENTION -> decoder.attentionInputs(manager, weights, hidden, kept);
      case MLP -> decoder.mlpInputs(manager, weights, hidden, kept);
    };
  }

  /** The block that it ends, added to the residual stream. */
  NDArray block(
      Decoder decoder,
      NDManager manager,
      LayerWeights weights,
      NDArray hidden,
      int kept,
      boolean last) {
    return switch (this) {
      case ATTENTION -> decoder.attention(manager, weights, hidden, kept, last);
      case MLP -> decoder.mlp(manager, weights, hidden, kept, last);
    };
  }
}
