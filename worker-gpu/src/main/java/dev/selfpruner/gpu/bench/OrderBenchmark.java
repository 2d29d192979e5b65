package dev.selfpruner.gpu.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.gpu.reconstruct.BrainSurgeon;
import dev.selfpruner.gpu.torch.Torch;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Measures the brain surgeon's order of one layer, on random matrices of any model's sizes. */
final class OrderBenchmark {
  /** Rows of the inputs for each column: enough for a matrix that isn't singular. */
  private static final int ROWS_PER_COLUMN = 2;

  private OrderBenchmark() {}

  /** Seconds that the order of so many neurons takes, for a projection to {@code outputs}. */
  static double neurons(Device device, int neurons, int outputs) {
    return seconds(
        device,
        neurons,
        outputs,
        (surgeon, gram, weight) -> surgeon.columns(gram, weight, () -> {}));
  }

  /** Seconds that the order of so many query heads takes, for a projection to {@code outputs}. */
  static double heads(Device device, int heads, int headSize, int outputs) {
    List<int[]> columns =
        IntStream.range(0, heads)
            .mapToObj(head -> IntStream.range(head * headSize, (head + 1) * headSize).toArray())
            .toList();
    return seconds(
        device,
        heads * headSize,
        outputs,
        (surgeon, gram, weight) ->
            surgeon.units(gram, weight, columns, Collections.nCopies(heads, 0)));
  }

  private interface Work {
    int[] order(BrainSurgeon surgeon, NDArray gram, NDArray weight);
  }

  private static double seconds(Device device, int columns, int outputs, Work work) {
    Torch.prepareThread();
    try (BrainSurgeon surgeon = BrainSurgeon.on(device, BrainSurgeon.DAMPING);
        NDManager manager = NDManager.newBaseManager(device, Torch.ENGINE)) {
      NDArray gram = gram(manager, columns);
      NDArray weight = manager.randomNormal(new Shape(outputs, columns));
      float unused = gram.get(0).get(0).getFloat(); // waits until it is there
      long start = System.nanoTime();
      int[] order = work.order(surgeon, gram, weight);
      double seconds = (System.nanoTime() - start) / 1e9;
      if (IntStream.of(order).distinct().count() != order.length) {
        throw new IllegalStateException("a unit was removed twice");
      }
      return seconds;
    }
  }

  private static NDArray gram(NDManager manager, int columns) {
    try (NDManager scratch = manager.newSubManager()) {
      long rows = (long) ROWS_PER_COLUMN * columns;
      NDArray inputs = scratch.randomNormal(new Shape(rows, columns));
      NDArray gram = inputs.transpose().matMul(inputs);
      gram.attach(manager);
      return gram;
    }
  }
}
