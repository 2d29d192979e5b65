package dev.selfpruner.gpu.llama;

import dev.selfpruner.gpu.model.LayerSize;

/** Bytes that a run needs beside the weights. */
public final class WorkingMemory {
  private WorkingMemory() {}

  /** A hidden state of so many tokens. */
  public static long state(LoadedModel model, int tokens) {
    return (long) tokens * model.config().hiddenSize() * model.type().bytes();
  }

  /** The same on the host: page-locked memory comes in powers of two. */
  public static long hostedState(LoadedModel model, int tokens) {
    long state = state(model, tokens);
    boolean pageLocked = !NumericType.isCpu(model.parts().get(0).decoder().device());
    return pageLocked && Long.bitCount(state) > 1 ? Long.highestOneBit(state) << 1 : state;
  }

  /** What exists inside the costliest step of a part of the model, beside its input and output. */
  public static long ofBlock(LoadedModel model, ModelPart part, int tokens) {
    long head = model.config().headSize();
    long hidden = model.config().hiddenSize();
    long widest = 0;
    for (LayerSize layer : model.config().layers().subList(part.first(), part.end())) {
      // query, key and value, turned query and key, expanded key and value, output; two norms
      long attention = head * (5L * layer.queryHeads() + 3L * layer.keyValueHeads()) + 2 * hidden;
      long mlp = 2L * layer.neurons() + 2 * hidden; // gate and up; two norms
      widest = Math.max(widest, Math.max(attention, mlp));
    }
    long block = widest * tokens * model.type().bytes();
    return Math.max(block, Decoder.bytesOfLogits(part.decoder().device(), model.type()));
  }
}
