package dev.selfpruner.gpu.reconstruct;

import static dev.selfpruner.gpu.torch.TorchArgument.tensor;
import static dev.selfpruner.gpu.torch.TorchArgument.whole;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.gpu.safetensors.SafetensorsWriter;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import dev.selfpruner.gpu.torch.TorchArgument;
import dev.selfpruner.gpu.torch.TorchModule;
import dev.selfpruner.gpu.torch.TorchScriptArchive;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Matrices of float32 on a device, of any size: the steps of {@code Gram.py}. Threads may share it.
 */
final class GramMatrices implements AutoCloseable {
  private static final TorchScriptArchive SOURCE =
      TorchScriptArchive.resource(GramMatrices.class, "Gram");

  /** Elements that are copied at a time: one buffer holds at most 2 GiB, a matrix more. */
  private static final int PIECE = 1 << 24;

  private final TorchModule module;

  private GramMatrices(TorchModule module) {
    this.module = module;
  }

  static GramMatrices on(Device device) {
    return new GramMatrices(TorchModule.load(SOURCE, device));
  }

  /** Digest of the source: part of what a Gram matrix depends on. */
  static String sourceSha256() {
    return SOURCE.sourceSha256();
  }

  /** Zeros {@code [n, n]} where {@code like} is. */
  NDArray zeros(NDManager manager, NDArray like, int n) {
    return one(manager, "zeros", tensor(like), whole(n));
  }

  /** An array in float32; the same memory where it is. */
  NDArray widen(NDManager manager, NDArray x) {
    return one(manager, "widen", tensor(x));
  }

  /**
   * Adds rows {@code first} to {@code end - 1} of x^T x, up to the diagonal.
   *
   * @param sums {@code [n, n]}
   * @param x {@code [tokens, n]}, float32
   */
  void add(NDManager scratch, NDArray sums, NDArray x, int first, int end) {
    one(scratch, "add", tensor(sums), tensor(x), whole(first), whole(end)).close();
  }

  /** Completes sums of panels of {@code width} rows: symmetric to the last bit. */
  void mirror(NDManager scratch, NDArray sums, int width) {
    one(scratch, "mirror", tensor(sums), whole(width)).close();
  }

  /** Whether all elements of a Gram matrix are numbers. */
  boolean isFinite(NDManager scratch, NDArray sums) {
    try (NDArray finite = one(scratch, "finite", tensor(sums))) {
      return finite.toFloatArray()[0] == 1f;
    }
  }

  /** A stored matrix on the manager's device, in float32. */
  NDArray read(NDManager manager, StoredTensor stored) {
    NDArray matrix =
        manager.create(
            new Shape(stored.shape().stream().mapToLong(Long::longValue).toArray()),
            DataType.FLOAT32);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect((int) Math.min(PIECE, stored.elements()) * Float.BYTES)
            .order(ByteOrder.nativeOrder());
    for (long start = 0; start < stored.elements(); start += PIECE) {
      int count = (int) Math.min(PIECE, stored.elements() - start);
      stored.read(start, bytes.asFloatBuffer().limit(count));
      try (NDManager scratch = manager.newSubManager()) {
        ByteBuffer filled = bytes.slice(0, count * Float.BYTES).order(ByteOrder.nativeOrder());
        NDArray piece = scratch.create(filled, new Shape(count), DataType.FLOAT32);
        one(scratch, "place", tensor(matrix), tensor(piece), whole(start));
      }
    }
    return matrix;
  }

  /** Appends a matrix to a file, in pieces. */
  void append(SafetensorsWriter writer, String name, NDArray matrix) throws IOException {
    for (long start = 0; start < matrix.size(); start += PIECE) {
      try (NDManager scratch = matrix.getManager().newSubManager()) {
        NDArray piece =
            one(
                scratch,
                "part",
                tensor(matrix),
                whole(start),
                whole(Math.min(PIECE, matrix.size() - start)));
        writer.append(name, piece.toByteBuffer(true));
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
