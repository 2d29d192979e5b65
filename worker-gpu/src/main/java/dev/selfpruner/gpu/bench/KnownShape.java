package dev.selfpruner.gpu.bench;

import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.RopeScaling;
import dev.selfpruner.gpu.model.RotaryEmbedding;
import dev.selfpruner.gpu.safetensors.StorageType;
import java.util.Collections;

/** Sizes of models that everyone knows, as their {@code config.json} files say them. */
public enum KnownShape {
  SMOLLM2_135M(576, 30, 9, 3, 1536, 49_152, 8192, true),
  LLAMA_2_7B(4096, 32, 32, 32, 11_008, 32_000, 4096, false),
  LLAMA_2_13B(5120, 40, 40, 40, 13_824, 32_000, 4096, false),
  LLAMA_2_70B(8192, 80, 64, 8, 28_672, 32_000, 4096, false),
  LLAMA_3_8B(4096, 32, 32, 8, 14_336, 128_256, 8192, false),
  LLAMA_3_70B(8192, 80, 64, 8, 28_672, 128_256, 8192, false);

  private final int hidden;
  private final int layers;
  private final int queryHeads;
  private final int keyValueHeads;
  private final int neurons;
  private final int vocabulary;
  private final int context;
  private final boolean tied;

  KnownShape(
      int hidden,
      int layers,
      int queryHeads,
      int keyValueHeads,
      int neurons,
      int vocabulary,
      int context,
      boolean tied) {
    this.hidden = hidden;
    this.layers = layers;
    this.queryHeads = queryHeads;
    this.keyValueHeads = keyValueHeads;
    this.neurons = neurons;
    this.vocabulary = vocabulary;
    this.context = context;
    this.tied = tied;
  }

  public LlamaConfig config() {
    return new LlamaConfig(
        hidden,
        vocabulary,
        hidden / queryHeads,
        1e-5,
        context,
        tied,
        new RotaryEmbedding(10_000, new RopeScaling.None()),
        StorageType.F16,
        Collections.nCopies(layers, LayerSize.grouped(queryHeads, keyValueHeads, neurons)));
  }
}
