package dev.selfpruner.gpu.engine;

import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.llama.ModelPart;
import dev.selfpruner.gpu.llama.WorkingMemory;
import java.util.stream.IntStream;

/**
 * How many chunks move through the layers together, which decides about memory and never about a
 * number.
 *
 * @param chunksInGroup chunks that move together; streamed weights pass once for each group
 * @param chunksOnDevice how many of them have their hidden states on the device between layers
 */
record Schedule(int chunksInGroup, int chunksOnDevice) {
  /** Groups that devices which share the layers work on, for each device. */
  private static final int GROUPS_PER_DEVICE = 4;

  Schedule {
    if (chunksInGroup < 1 || chunksOnDevice < 0 || chunksOnDevice > chunksInGroup) {
      throw new IllegalArgumentException(
          "no schedule: %d chunks, %d on the device".formatted(chunksInGroup, chunksOnDevice));
    }
  }

  /** The hidden states of a batch don't fit, not even for one chunk. */
  static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooLargeException(String message) {
      super(message);
    }
  }

  /**
   * A schedule that the memory holds.
   *
   * @param fits of the plans' layers
   * @param threads that compute at a time
   * @throws TooLargeException if none does
   */
  static Schedule of(
      LoadedModel model,
      PlanTrie plans,
      Fits fits,
      int chunks,
      Chunk largest,
      int threads,
      MemoryBudget memory) {
    boolean resident = model.parts().stream().allMatch(ModelPart::resident);
    long state = WorkingMemory.state(model, largest.tokens());
    long all = state * plans.widest(); // of one chunk
    long room = Long.MAX_VALUE; // chunks on the device
    long lacking = 0;
    for (ModelPart part : model.parts()) {
      long work = threads * (WorkingMemory.ofBlock(model, part, largest.tokens()) + all);
      work += bytes(fits, model, part, plans, threads);
      long left = memory.device() - part.bytes() - work;
      room = Math.min(room, Math.floorDiv(left, all));
      lacking = Math.max(lacking, -left);
    }
    int groups = Pipeline.groupsUnderWay(model.parts().size());
    room = Math.floorDiv(room, groups);
    long hosted = WorkingMemory.hostedState(model, largest.tokens()) * plans.widest();
    long onHost = resident ? 0 : memory.host() / hosted / groups;
    if (room < 0 || room + onHost < 1) {
      throw new TooLargeException(
          "%d MiB of device memory are %d MiB too few for one chunk of %d tokens and %d candidates at a time: give more with --device-memory, or shorter windows"
              .formatted(
                  memory.device() >> 20,
                  (lacking + all * groups) >> 20,
                  largest.tokens(),
                  plans.widest()));
    }
    long group = Math.min(chunks, room + onHost);
    if (groups > 1) {
      // Small enough that every part has something to do.
      group = Math.min(group, Math.max(1, chunks / (GROUPS_PER_DEVICE * model.parts().size())));
    }
    return new Schedule((int) group, (int) Math.min(group, room));
  }

  /** Device memory for the fits of a part's layers, which are there one after another. */
  private static long bytes(
      Fits fits, LoadedModel model, ModelPart part, PlanTrie plans, int threads) {
    return IntStream.range(part.first(), part.end())
        .mapToLong(layer -> fits.bytes(model, layer, plans.level(layer).kept(), threads))
        .max()
        .orElse(0);
  }
}
