package dev.selfpruner.gpu.reconstruct;

import static dev.selfpruner.gpu.torch.TorchArgument.real;
import static dev.selfpruner.gpu.torch.TorchArgument.tensor;
import static dev.selfpruner.gpu.torch.TorchArgument.tensors;
import static dev.selfpruner.gpu.torch.TorchArgument.whole;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.NumericalException;
import dev.selfpruner.gpu.torch.Torch;
import dev.selfpruner.gpu.torch.TorchArgument;
import dev.selfpruner.gpu.torch.TorchModule;
import dev.selfpruner.gpu.torch.TorchScriptArchive;
import java.util.Arrays;
import java.util.List;

/**
 * The structured optimal brain surgeon's order of removal (Kurtic et al., ZipLM, 2023; Hassibi and
 * Stork, 1993). With H = G + damping mean(diag G) I, G = X^T X of a projection's inputs, it removes
 * again and again the unit whose columns p cost the layer's output least, tr(W_p [H^-1]_pp^-1
 * W_p^T), and fits the others to make up for them. What remains after any number of removals is
 * then W_0 H[:,S] H[S,S]^-1 of the original weight W_0, for the columns S that are left.
 *
 * <p>Computed in float64 on any device: H^-1 changes by small differences in every step, and with a
 * damping of 3e-4 its condition is above what float32 resolves. Threads may share it.
 */
public final class BrainSurgeon implements AutoCloseable {
  /** The best tried (FINDINGS: 3e-4 of 3e-4, 3e-3, 1e-2, 1e-1). */
  public static final double DAMPING = 3e-4;

  /**
   * Single columns whose removals are applied to the matrices together: a step's work grows with
   * them, and the matrices are passed over once for all.
   */
  static final int PANEL = 128;

  private static final TorchScriptArchive SOURCE =
      TorchScriptArchive.resource(BrainSurgeon.class, "BrainSurgeon");

  private final TorchModule module;
  private final NDManager owner;
  private final double damping;
  private final int panel;

  private BrainSurgeon(TorchModule module, NDManager owner, double damping, int panel) {
    this.module = module;
    this.owner = owner;
    this.damping = damping;
    this.panel = panel;
  }

  /**
   * A surgeon on a device.
   *
   * @param damping above 0
   */
  public static BrainSurgeon on(Device device, double damping) {
    return on(device, damping, PANEL);
  }

  static BrainSurgeon on(Device device, double damping, int panel) {
    if (!(damping > 0.0 && damping <= 1.0)) {
      throw new IllegalArgumentException("damping out of (0, 1]: " + damping);
    }
    TorchModule module = TorchModule.load(SOURCE, device);
    return new BrainSurgeon(module, NDManager.newBaseManager(device, Torch.ENGINE), damping, panel);
  }

  /** Digest of the source: part of what an order depends on. */
  public static String sourceSha256() {
    return SOURCE.sourceSha256();
  }

  /**
   * Bytes on the device that an order takes: 5 GB for 7B's 11,008 neurons and 4,096 outputs, 34 GB
   * for 70B's 28,672 and 8,192.
   */
  public static long bytes(long columns, long outputs) {
    long inverting = (Float.BYTES + 4L * Double.BYTES) * columns * columns;
    return inverting + (Float.BYTES + Double.BYTES) * outputs * columns;
  }

  /** Calls of a step's listener while {@code columns} columns are ordered. */
  static int steps(int columns, int panel) {
    return 2 + (columns - 1 + panel - 1) / panel;
  }

  /**
   * Orders single columns, such as neurons.
   *
   * @param gram {@code [n, n]} on this device, as {@link GramFile#read} gives it
   * @param weight {@code [out, n]} on this device, as it is stored
   * @param step called after every part of the work; what it throws ends it
   * @return all columns, the first to be removed first; the last would stay
   * @throws NumericalException if there is no order: the matrix is not positive definite, or
   *     numbers are not finite
   */
  public int[] columns(NDArray gram, NDArray weight, Runnable step) {
    try (NDManager manager = owner.newSubManager()) {
      NDArray inverse = inverse(manager, gram);
      step.run();
      NDArray products = one(manager, "products", tensor(weight));
      step.run();
      State state = new State(call(manager, "begin", tensor(inverse), tensor(products)));
      inverse.close(); // the state holds them, and releases them when it shrinks
      products.close();
      requireFinite(state.pivots());
      requireFinite(state.squares());
      int columns = Math.toIntExact(gram.getShape().get(0));
      int[] order = new int[columns];
      int done = 0;
      while (done < columns - 1) {
        int count = Math.min(panel, columns - 1 - done);
        done = append(order, done, removed(manager, state, count));
        requireFinite(state.pivots()); // of NaN, any column is the least
        if (columns - done <= state.columns() / 2) {
          state = state.compact(manager);
        }
        step.run();
      }
      done = append(order, done, one(manager, "left", tensors(state.arrays)));
      requirePermutation(order, done);
      return order;
    }
  }

  /**
   * Orders units of several columns, such as heads.
   *
   * @param gram {@code [n, n]} on this device
   * @param weight {@code [out, n]} on this device
   * @param columns of each unit; as many in all, and every column once
   * @param teams the number of each unit's team, from 0 without gaps, all of one size: no team
   *     loses a unit before all others have lost as many
   * @return all units, the first to be removed first; the last would stay
   * @throws NumericalException as {@link #columns}
   */
  public int[] units(NDArray gram, NDArray weight, List<int[]> columns, List<Integer> teams) {
    int width = columns.get(0).length;
    try (NDManager manager = owner.newSubManager()) {
      NDArray order =
          manager.create(columns.stream().flatMapToInt(Arrays::stream).asLongStream().toArray());
      NDArray team = manager.create(teams.stream().mapToLong(Integer::longValue).toArray());
      NDArray inverse = arranged(manager, inverse(manager, gram), order);
      NDArray products = arranged(manager, one(manager, "products", tensor(weight)), order);
      requireFinite(products);
      NDArray removed =
          PositiveDefinite.required(
              () ->
                  one(
                      manager,
                      "units",
                      tensor(inverse),
                      tensor(products),
                      whole(width),
                      tensor(team),
                      whole(teams.stream().distinct().count())),
              noOrder());
      requireFinite(inverse); // as the removals have left it
      int[] units = new int[columns.size()];
      requirePermutation(units, append(units, 0, removed));
      return units;
    }
  }

  private NDArray inverse(NDManager manager, NDArray gram) {
    return PositiveDefinite.required(
        () -> one(manager, "inverse", tensor(gram), real(damping)), noOrder());
  }

  private NDArray arranged(NDManager manager, NDArray matrix, NDArray order) {
    return one(manager, "arrange", tensor(matrix), tensor(order));
  }

  private void requireFinite(NDArray numbers) {
    try (NDArray sum = numbers.sum()) {
      if (!Double.isFinite(sum.toDoubleArray()[0])) {
        throw new NumericalException(noOrder());
      }
    }
  }

  /** Where numbers are none, an element may come twice, and another not at all. */
  private void requirePermutation(int[] order, int found) {
    if (found != order.length || Arrays.stream(order).distinct().count() != found) {
      throw new NumericalException(noOrder());
    }
  }

  private String noOrder() {
    return "its Gram matrix with the damping of an order, %s, and its weights give no order of removal: activations or weights overflow, or are all but dependent - take another order (--order wanda-sp), or calibrate in float32"
        .formatted(damping);
  }

  private NDArray removed(NDManager manager, State state, int count) {
    return one(manager, "columns", tensors(state.arrays), whole(count));
  }

  private static int append(int[] order, int done, NDArray columns) {
    try (columns) {
      int next = done;
      for (long column : columns.toLongArray()) {
        order[next++] = Math.toIntExact(column);
      }
      return next;
    }
  }

  /** What {@code BrainSurgeon.py} works on. */
  private final class State {
    private final List<NDArray> arrays;

    State(NDList arrays) {
      this.arrays = List.copyOf(arrays);
    }

    long columns() {
      return arrays.get(0).getShape().get(0);
    }

    NDArray pivots() {
      return arrays.get(2);
    }

    /** Infinite where a column was removed. */
    NDArray squares() {
      return arrays.get(3);
    }

    /** The state without the columns that were removed; this one's memory is released. */
    State compact(NDManager manager) {
      State smaller = new State(call(manager, "compact", tensors(arrays)));
      arrays.forEach(NDArray::close);
      return smaller;
    }
  }

  private NDArray one(NDManager manager, String method, TorchArgument... arguments) {
    return call(manager, method, arguments).singletonOrThrow();
  }

  private NDList call(NDManager manager, String method, TorchArgument... arguments) {
    return module.call(manager, method, arguments);
  }

  @Override
  public void close() {
    owner.close();
    module.close();
  }
}
