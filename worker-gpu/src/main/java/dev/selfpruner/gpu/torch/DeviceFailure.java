package dev.selfpruner.gpu.torch;

import java.util.List;

/** Tells whether a native failure leaves a device that this process can't use any more. */
public final class DeviceFailure {
  private static final List<String> WORDS = List.of("cuda error", "cuda driver error");

  private DeviceFailure() {}

  /**
   * Whether it is one of those after which every call to the device fails: an illegal access, a
   * failed assertion on the device, memory that can't be corrected. Another process can use it.
   */
  public static boolean isLasting(Throwable failure) {
    return !OutOfMemory.is(failure) && OutOfMemory.nativeCodeSays(failure, WORDS);
  }
}
