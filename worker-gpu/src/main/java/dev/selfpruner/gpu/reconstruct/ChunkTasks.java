package dev.selfpruner.gpu.reconstruct;

import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.engine.Steps;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.util.function.IntConsumer;

/** What is computed of one chunk after the other, on several threads: a step each. */
record ChunkTasks(TorchThreads threads, Steps steps, int chunks) {
  /** What is computed of a chunk. */
  @FunctionalInterface
  interface ChunkTask {
    /**
     * Computes it.
     *
     * @param scratch closed afterwards
     */
    void run(NDManager scratch, int chunk);
  }

  /** Chunks that are under way at a time. */
  int atATime() {
    return threads.count();
  }

  void each(Decoder decoder, ChunkTask task) {
    each(decoder, 0, chunks, task);
  }

  void each(Decoder decoder, int from, int count, ChunkTask task) {
    run(
        count,
        i -> {
          try (NDManager scratch = decoder.newManager()) {
            task.run(scratch, from + i);
          }
          steps.step();
        });
  }

  /** As a step of every chunk, of which none is to be made. */
  void skip() {
    steps.advance(chunks);
  }

  /** Tasks that are no steps. */
  void run(int count, IntConsumer task) {
    threads.run(
        count,
        steps.run(),
        i -> {
          task.accept(i);
          return i;
        });
  }
}
