package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.gpu.safetensors.StorageType;
import java.util.List;
import java.util.Set;

/**
 * What a budget of any kind is reckoned from.
 *
 * @param prunable the decoder layers in some order of their units: sizes do not depend on it
 * @param parameters of the whole model, embedding and norms included
 * @param bytes of the whole model, as its files store them
 * @param blockTypes that the files store the decoder blocks' matrices in
 */
record ModelSizes(
    PrunableModel prunable, long parameters, long bytes, Set<StorageType> blockTypes) {
  ModelSizes {
    blockTypes = Set.copyOf(blockTypes);
  }

  /**
   * The target of weights that have no more bytes than these. What lies outside of the blocks stays
   * as it is, in whatever types.
   *
   * @throws IllegalArgumentException if bytes depend on which units go
   */
  Target.Size ofBytes(long most) {
    List<Integer> widths = blockTypes.stream().map(StorageType::bytes).distinct().toList();
    if (widths.size() != 1) {
      throw new IllegalArgumentException(
          "the model stores some matrices of its decoder blocks in 4 bytes a parameter and others in 2, so that its size depends on which units go: give --target-parameters or --sparsity, or convert it to one type");
    }
    int width = widths.get(0);
    long outside = parameters - prunable.blockParameters();
    long bytesOutside = bytes - width * prunable.blockParameters();
    return bytesOutside == width * outside
        ? new Target.Bytes(most, width)
        : new Target.Parameters(Math.max(1, outside + Math.floorDiv(most - bytesOutside, width)));
  }
}
