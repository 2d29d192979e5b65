package dev.selfpruner.gpu.llama;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * Bytes that a model, its hidden states and what is computed of them may take.
 *
 * @param device on each device; on a CPU, hidden states alone (weights are the file's pages)
 * @param host for hidden states that a device has no room for
 * @param denseStates of the host, for the dense model's hidden states after some of its layers,
 *     which candidates that leave the first layers whole start from
 */
public record MemoryBudget(long device, long host, long denseStates) {
  /** The library keeps some of what it frees, in pieces that don't always fit. */
  private static final double SHARE_OF_DEVICE = 0.88;

  private static final double SHARE_OF_CPU = 0.4;
  private static final double SHARE_OF_HOST = 0.3;
  private static final double SHARE_FOR_DENSE_STATES = 0.15;
  private static final double SHARE_FOR_FITS = 0.1;

  public MemoryBudget {
    if (device < 1 || host < 0 || denseStates < 0) {
      throw new IllegalArgumentException(
          "memory budgets are not negative: %d, %d, %d".formatted(device, host, denseStates));
    }
  }

  /** Most of what is free on a GPU; less than half of the memory where the CPU computes. */
  public static MemoryBudget of(Device device) {
    long all = physical();
    double own = NumericType.isCpu(device) ? all * SHARE_OF_CPU : free(device) * SHARE_OF_DEVICE;
    return new MemoryBudget(
        (long) own, (long) (all * SHARE_OF_HOST), (long) (all * SHARE_FOR_DENSE_STATES));
  }

  /** This budget with another bound for the device. */
  public MemoryBudget withDevice(long bytes) {
    return new MemoryBudget(bytes, host, denseStates);
  }

  /** Bytes of each device for fitted projections that later batches may need again. */
  public long fits() {
    return (long) (device * SHARE_FOR_FITS);
  }

  private static long free(Device device) {
    var usage = CudaUtils.getGpuMemory(device);
    return usage.getMax() - usage.getCommitted();
  }

  private static long physical() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }
}
