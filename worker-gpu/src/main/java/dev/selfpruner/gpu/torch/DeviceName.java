package dev.selfpruner.gpu.torch;

import ai.djl.Device;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.IntByReference;

/** What a device is called: a time holds for no other. */
public final class DeviceName {
  /** Of any processor: whose it is, is not told. */
  public static final String CPU = "cpu";

  private static final String DRIVER = "libcuda.so.1";
  private static final int LONGEST = 256;

  private DeviceName() {}

  /**
   * The name that a GPU's driver gives it, such as {@code NVIDIA H100 80GB HBM3}, or {@code cpu}.
   * Takes nothing of the device.
   *
   * @throws IllegalStateException if the driver doesn't say
   */
  public static String of(Device device) {
    return device.isGpu() ? ofGpu(device.getDeviceId()) : CPU;
  }

  /** By the driver's own numbers, which are the libraries' too. */
  private static String ofGpu(int number) {
    try {
      NativeLibrary driver = NativeLibrary.getInstance(DRIVER);
      IntByReference handle = new IntByReference();
      try (Memory name = new Memory(LONGEST)) {
        require(driver, "cuInit", 0);
        require(driver, "cuDeviceGet", handle, number);
        require(driver, "cuDeviceGetName", name, LONGEST, handle.getValue());
        return name.getString(0);
      }
    } catch (UnsatisfiedLinkError e) {
      throw new IllegalStateException(
          "there is no %s to tell the name of gpu%d ('selfpruner doctor' says why)"
              .formatted(DRIVER, number),
          e);
    }
  }

  private static void require(NativeLibrary driver, String function, Object... arguments) {
    int status = driver.getFunction(function).invokeInt(arguments);
    if (status != 0) {
      throw new IllegalStateException(
          "%s: the GPU driver answers with error %d".formatted(function, status));
    }
  }
}
