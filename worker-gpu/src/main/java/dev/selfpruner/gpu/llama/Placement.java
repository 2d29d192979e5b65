package dev.selfpruner.gpu.llama;

import ai.djl.Device;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a model goes.
 *
 * @param devices each takes a range of its layers; a device may be named twice
 * @param memory that each may take
 */
public record Placement(List<Device> devices, MemoryBudget memory) {
  public Placement {
    devices = List.copyOf(devices);
    if (devices.isEmpty()) {
      throw new IllegalArgumentException("a model needs a device");
    }
  }

  /** One device, with as much memory as it has. */
  public static Placement on(Device device) {
    return new Placement(List.of(device), MemoryBudget.of(device));
  }

  public boolean onCpu() {
    return devices.stream().allMatch(NumericType::isCpu);
  }

  /** Where each device's layers begin, and the end: ranges of about the same bytes. */
  List<Integer> borders(HostWeights weights) {
    int layers = weights.config().layers().size();
    if (devices.size() > layers) {
      throw new IllegalArgumentException(
          "%d devices for %d layers: name fewer".formatted(devices.size(), layers));
    }
    long[] until = new long[layers + 1];
    for (int layer = 0; layer < layers; layer++) {
      until[layer + 1] = until[layer] + LayerBlock.of(weights.config(), layer).elements();
    }
    List<Integer> borders = new ArrayList<>(List.of(0));
    for (int i = 1; i < devices.size(); i++) {
      int border = borders.get(i - 1) + 1;
      int last = layers - (devices.size() - i); // each device after this one has a layer too
      while (border < last && until[border] < until[layers] / devices.size() * i) {
        border++;
      }
      borders.add(border);
    }
    borders.add(layers);
    return borders;
  }
}
