package dev.selfpruner.gpu.reconstruct;

import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.engine.Chunk;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.llama.ModelPart;
import dev.selfpruner.gpu.llama.WorkingMemory;
import dev.selfpruner.gpu.model.LlamaConfig;
import java.util.List;

/** Where a sequential fit's streams are, which decides about memory and never about a number. */
final class FitMemory {
  /** The dense model's and the pruned model's. */
  private static final int STREAMS = 2;

  private FitMemory() {}

  /**
   * Chunks whose streams stay on the device; those of the others wait on the host.
   *
   * @throws IllegalArgumentException if they don't fit on both
   */
  static int chunksOnDevice(
      LoadedModel model,
      PruningPlan plan,
      Prior prior,
      List<Chunk> chunks,
      int threads,
      MemoryBudget memory) {
    int tokens = chunks.stream().mapToInt(Chunk::tokens).max().orElseThrow();
    long each = STREAMS * WorkingMemory.state(model, tokens);
    long fits = Long.MAX_VALUE;
    for (ModelPart part : model.parts()) {
      long left = memory.device() - part.bytes() - work(model, part, plan, prior, tokens, threads);
      fits = Math.min(fits, Math.floorDiv(left, each));
    }
    if (fits < 0) {
      throw new IllegalArgumentException(
          "%d MiB of device memory are %d MiB too few to fit a layer of this plan on chunks of %d tokens: give more with --device-memory, or shorter windows"
              .formatted(memory.device() >> 20, ((-fits * each) >> 20) + 1, tokens));
    }
    long hosted = STREAMS * WorkingMemory.hostedState(model, tokens);
    if (fits + memory.host() / hosted < chunks.size()) {
      throw new IllegalArgumentException(
          "%d MiB of device memory and %d MiB of the host's don't hold the hidden states of %d chunks of %d tokens: fit on fewer windows, or give more with --host-memory"
              .formatted(memory.device() >> 20, memory.host() >> 20, chunks.size(), tokens));
    }
    return (int) Math.min(chunks.size(), fits);
  }

  /** Inside the costliest block: what threads compute, and the matrices of the fit. */
  private static long work(
      LoadedModel model, ModelPart part, PruningPlan plan, Prior prior, int tokens, int threads) {
    LlamaConfig config = model.config();
    long hidden = config.hiddenSize();
    long most = 0;
    for (int layer = part.first(); layer < part.end(); layer++) {
      for (Projection projection : Projection.values()) {
        long inputs = (long) projection.kept(plan.layers().get(layer)) * projection.width(config);
        // Gram matrix, factor, and the copy of it that its solver makes; targets' products, kept
        // weights, what they miss, the change.
        long solving = (3 * inputs * inputs + 4 * inputs * hidden) * Double.BYTES;
        // Inputs and targets, and a product of them that is to be added.
        long wide = (inputs + hidden) * tokens + SequentialFit.ROWS * Math.max(inputs, hidden);
        most = Math.max(most, solving + threads * wide * Float.BYTES);
        long all = (long) projection.units(config.layers().get(layer)) * projection.width(config);
        most = Math.max(most, prior.bytes(all, hidden));
      }
    }
    long block = WorkingMemory.ofBlock(model, part, tokens);
    return most + threads * (block + 2L * STREAMS * WorkingMemory.state(model, tokens));
  }
}
