package dev.selfpruner.gpu.model;

import java.util.List;

/** The weights of a decoder layer, named and shaped as transformers does ({@code [out, in]}). */
public enum LayerWeight {
  INPUT_NORM("input_layernorm.weight"),
  QUERY("self_attn.q_proj.weight"),
  KEY("self_attn.k_proj.weight"),
  VALUE("self_attn.v_proj.weight"),
  ATTENTION_OUTPUT("self_attn.o_proj.weight"),
  MLP_NORM("post_attention_layernorm.weight"),
  GATE("mlp.gate_proj.weight"),
  UP("mlp.up_proj.weight"),
  DOWN("mlp.down_proj.weight");

  private final String suffix;

  /** All but the norms. */
  public static final List<LayerWeight> MATRICES =
      List.of(QUERY, KEY, VALUE, ATTENTION_OUTPUT, GATE, UP, DOWN);

  LayerWeight(String suffix) {
    this.suffix = suffix;
  }

  /** Name of this weight's tensor in the given layer. */
  public String tensorName(int layer) {
    return "model.layers." + layer + "." + suffix;
  }

  /** Shape of this weight in a layer of the given size. */
  public List<Long> shape(LlamaConfig config, LayerSize size) {
    long hidden = config.hiddenSize();
    long query = (long) size.queryHeads() * config.headSize();
    long keyValue = (long) size.keyValueHeads() * config.headSize();
    long neurons = size.neurons();
    return switch (this) {
      case INPUT_NORM, MLP_NORM -> List.of(hidden);
      case QUERY -> List.of(query, hidden);
      case KEY, VALUE -> List.of(keyValue, hidden);
      case ATTENTION_OUTPUT -> List.of(hidden, query);
      case GATE, UP -> List.of(neurons, hidden);
      case DOWN -> List.of(hidden, neurons);
    };
  }
}
