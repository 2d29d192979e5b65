package dev.selfpruner.gpu.reconstruct;

import static dev.selfpruner.gpu.torch.TorchArgument.real;
import static dev.selfpruner.gpu.torch.TorchArgument.tensor;
import static dev.selfpruner.gpu.torch.TorchArgument.whole;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.NumericalException;
import dev.selfpruner.gpu.torch.TorchArgument;
import dev.selfpruner.gpu.torch.TorchModule;
import dev.selfpruner.gpu.torch.TorchScriptArchive;

/**
 * The arithmetic of fits on one device ({@code LeastSquares.py}). Threads may share it. Projections
 * lie transposed, {@code [units, hidden]}; solutions are computed in float64 and come in float32.
 */
final class LeastSquares implements AutoCloseable {
  private static final TorchScriptArchive SOURCE =
      TorchScriptArchive.resource(LeastSquares.class, "LeastSquares");

  private final TorchModule module;

  private LeastSquares(TorchModule module) {
    this.module = module;
  }

  static LeastSquares on(Device device) {
    return new LeastSquares(TorchModule.load(SOURCE, device));
  }

  /**
   * Digest of the source: numbers that it computes may differ in their last bits from another's.
   */
  static String sourceSha256() {
    return SOURCE.sourceSha256();
  }

  /**
   * The lower Cholesky factor of G + damping mean(diag G) I: {@code [n, n]}, float64.
   *
   * @param gram G, float32, {@code [n, n]}, on the host
   * @param order which of its rows comes first, and so on: the layout's
   * @param like any array of the device that computes
   * @throws IllegalArgumentException if there is none
   */
  NDArray factor(NDManager manager, NDArray gram, long[] order, double damping, NDArray like) {
    try (NDManager scratch = manager.newSubManager();
        NDArray places = gram.getManager().create(order)) {
      NDArray arranged = one(scratch, "arranged", tensor(gram), tensor(places), tensor(like));
      return solved(manager, "factor", damping, tensor(arranged), real(damping));
    }
  }

  /**
   * What the first {@code kept} rows of a projection become to make up for the others: {@code
   * [kept, hidden]}.
   *
   * @param factor of the Gram matrix of all that the projection reads, in the order of its rows
   * @param weight {@code [n, hidden]}, of any type
   */
  NDArray prefix(NDManager manager, NDArray factor, NDArray weight, int kept) {
    NDArray fitted = one(manager, "prefix", tensor(factor), tensor(weight), whole(kept));
    requireFinite(fitted);
    return fitted;
  }

  /**
   * What the first rows of a projection become to map its inputs X to targets T.
   *
   * @param gram X^T X, float64, {@code [kept, kept]}; changed
   * @param cross X^T T, float64, {@code [kept, hidden]}
   * @return {@code [kept, hidden]}
   */
  NDArray refit(NDManager manager, NDArray gram, NDArray cross, NDArray weight, double damping) {
    NDArray fitted =
        solved(
            manager, "refit", damping, tensor(gram), tensor(cross), tensor(weight), real(damping));
    requireFinite(fitted);
    return fitted;
  }

  /** The first columns of {@code [tokens, n]}, in float32. */
  NDArray columns(NDManager manager, NDArray inputs, int count) {
    return one(manager, "columns", tensor(inputs), whole(count));
  }

  /** One hidden state less another: {@code [tokens, hidden]}, float32. */
  NDArray difference(NDManager manager, NDArray wanted, NDArray other) {
    return one(manager, "difference", tensor(wanted), tensor(other));
  }

  /** Zeros in float64, where {@code like} is. */
  NDArray zeros(NDManager manager, NDArray like, long rows, long columns) {
    return one(manager, "zeros", tensor(like), whole(rows), whole(columns));
  }

  /** Adds rows {@code start} to {@code end - 1} of x^T y to {@code sum}. */
  void accumulate(NDManager scratch, NDArray sum, NDArray x, NDArray y, long start, long end) {
    module.call(scratch, "accumulate", tensor(sum), tensor(x), tensor(y), whole(start), whole(end));
  }

  /** A fitted matrix with zeros after its rows, where {@code like} is, rounded to its type. */
  NDArray padded(NDManager manager, NDArray fitted, long rows, NDArray like) {
    return one(manager, "padded", tensor(fitted), whole(rows), tensor(like));
  }

  /** A copy on the host. */
  NDArray hosted(NDManager manager, NDArray array) {
    return one(manager, "hosted", tensor(array));
  }

  private NDArray solved(
      NDManager manager, String method, double damping, TorchArgument... arguments) {
    return PositiveDefinite.required(
        () -> one(manager, method, arguments),
        "the Gram matrix and a damping of %s give no fit: the model's activations overflow, or the damping is too small - give a larger one, or calibrate in float32"
            .formatted(damping));
  }

  private void requireFinite(NDArray fitted) {
    try (NDArray total = one(fitted.getManager(), "total", tensor(fitted))) {
      if (!Double.isFinite(total.toDoubleArray()[0])) {
        throw new NumericalException(
            "a fit gives no finite weights: the model's activations overflow - calibrate in float32");
      }
    }
  }

  private NDArray one(NDManager manager, String method, TorchArgument... arguments) {
    return module.call(manager, method, arguments).singletonOrThrow();
  }

  @Override
  public void close() {
    module.close();
  }
}
