package dev.selfpruner.gpu.engine;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What is in use of a device's memory, and how much of it this process may take.
 *
 * @param device that is looked at
 * @param budget bytes
 */
public record DeviceMemory(Device device, long budget) {
  private static final Path OWN_STATUS = Path.of("/proc/self/status");
  private static final int KIB = 10;

  /** Of each device once. */
  public static List<DeviceMemory> of(ComputeOptions options) {
    return options.devices().stream()
        .distinct()
        .map(device -> new DeviceMemory(device, options.memory().device()))
        .toList();
  }

  /** As the command line calls it: {@code gpu0}, {@code cpu}. */
  public String name() {
    return device.isGpu() ? "gpu" + device.getDeviceId() : "cpu";
  }

  /**
   * Bytes in use now: on a GPU by whatever process, on a CPU by this one; not a number where nobody
   * says.
   */
  public double inUse() {
    return device.isGpu() ? CudaUtils.getGpuMemory(device).getCommitted() : resident();
  }

  private static double resident() {
    try (var lines = Files.lines(OWN_STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) << KIB)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      return Double.NaN; // not Linux
    }
  }
}
