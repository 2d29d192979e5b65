package dev.selfpruner.infra.doctor;

import java.util.List;

/**
 * What a process saw that loaded PyTorch.
 *
 * @param djl version of DJL
 * @param version of the library, as DJL was told: see {@link LibraryFolder} for what it is
 * @param folder that the library was loaded from
 * @param gpus that the library sees
 * @param devices that it computed on
 */
record TorchReport(
    String djl, String version, String folder, int gpus, List<DeviceReport> devices) {
  TorchReport {
    devices = List.copyOf(devices);
    if (gpus < 0) {
      throw new IllegalArgumentException("a number of GPUs is not negative: " + gpus);
    }
  }

  /**
   * A small matrix product on one device.
   *
   * @param device its name as {@code --devices} takes it
   * @param works whether the product was right
   * @param detail what was computed, or why it was not
   */
  record DeviceReport(String device, boolean works, String detail) {}
}
