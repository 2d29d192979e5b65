package dev.selfpruner.gpu.torch;

import java.util.List;

/** Releases several things, whatever becomes of the others. */
public final class Closing {
  private Closing() {}

  /**
   * Closes all, in order.
   *
   * @throws RuntimeException the first failure, with the others beside it
   */
  public static void all(List<? extends AutoCloseable> resources) {
    RuntimeException first = null;
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (Exception e) {
        RuntimeException failure =
            e instanceof RuntimeException known ? known : new IllegalStateException(e);
        if (first == null) {
          first = failure;
        } else {
          first.addSuppressed(failure);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
