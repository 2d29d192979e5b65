package dev.selfpruner.gpu.torch;

import ai.djl.engine.EngineException;
import java.util.Locale;

/** Tells whether a native failure leaves a device that this process can't use any more. */
public final class DeviceFailure {
  private DeviceFailure() {}

  /**
   * Whether it is one of those after which every call to the device fails: an illegal access, a
   * failed assertion on the device, memory that can't be corrected. Another process can use it.
   */
  public static boolean isLasting(Throwable failure) {
    if (OutOfMemory.is(failure)) {
      return false;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (cause instanceof EngineException
          && (message.contains("cuda error") || message.contains("cuda driver error"))) {
        return true;
      }
    }
    return false;
  }
}
