package dev.selfpruner.gpu.torch;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.Locale;

/** Tells whether a native failure was one of memory. */
public final class OutOfMemory {
  /** What the library's allocators and those of its helpers say. */
  private static final List<String> WORDS =
      List.of(
          "out of memory",
          "not enough memory",
          "can't allocate memory",
          "cublas_status_alloc_failed",
          "cudnn_status_alloc_failed");

  private OutOfMemory() {}

  /** Whether a device or the host had no memory left. */
  public static boolean is(Throwable failure) {
    return nativeCodeSays(failure, WORDS);
  }

  /** Whether the failure, or a cause of it, is native code's and says one of these words. */
  static boolean nativeCodeSays(Throwable failure, List<String> words) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (cause instanceof EngineException && words.stream().anyMatch(message::contains)) {
        return true;
      }
    }
    return false;
  }

  /** Gives memory that the library keeps for later back to the devices. */
  public static void releaseCaches() {
    JniUtils.emptyCudaCache();
  }
}
