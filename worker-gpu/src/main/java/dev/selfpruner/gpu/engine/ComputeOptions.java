package dev.selfpruner.gpu.engine;

import ai.djl.Device;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.llama.Placement;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a worker computes with.
 *
 * @param devices of this host; one may be named twice
 * @param sharing what several devices share
 * @param numericType what the decoder computes in
 * @param memory that a model may take on each device, and on the host
 * @param windowsPerChunk windows that go through the model together; a default for the length of
 *     the windows, where none are given
 */
public record ComputeOptions(
    List<Device> devices,
    Sharing sharing,
    NumericType numericType,
    MemoryBudget memory,
    OptionalInt windowsPerChunk) {

  /** What the devices of a host share. */
  public enum Sharing {
    /** Each has the whole model and takes some of the candidates. */
    CANDIDATES,
    /** Each has some of the layers: for a model that one alone does not hold. */
    LAYERS
  }

  public ComputeOptions {
    devices = List.copyOf(devices);
    if (devices.isEmpty()) {
      throw new IllegalArgumentException("something has to compute: name a device");
    }
    if (windowsPerChunk.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "a chunk has at least one window, not " + windowsPerChunk.getAsInt());
    }
  }

  /** One device, in the type that it is fastest in, with all its memory. */
  public static ComputeOptions of(Device device) {
    return new ComputeOptions(
        List.of(device),
        Sharing.CANDIDATES,
        NumericType.of(device),
        MemoryBudget.of(device),
        OptionalInt.empty());
  }

  /** Windows that go through the model together. */
  public int windowsPerChunk(int sequenceLength) {
    return windowsPerChunk.orElseGet(() -> Chunks.windowsPerChunk(sequenceLength, numericType));
  }

  /** Where each copy of a model goes; copies share the host's memory, and a device named twice. */
  List<Placement> placements() {
    if (sharing == Sharing.LAYERS) {
      return List.of(new Placement(devices, shared(1)));
    }
    return devices.stream()
        .map(device -> new Placement(List.of(device), shared(devices.size())))
        .toList();
  }

  private MemoryBudget shared(int copies) {
    int sameDevice =
        devices.stream()
            .mapToInt(device -> Collections.frequency(devices, device))
            .max()
            .orElseThrow();
    return new MemoryBudget(
        memory.device() / sameDevice, memory.host() / copies, memory.denseStates() / copies);
  }

  /** The first copy's place alone, for what runs one plan. */
  public Placement first() {
    return placements().get(0);
  }

  /** Threads for one copy of a model. */
  public TorchThreads threads(Placement placement) {
    int cores = Runtime.getRuntime().availableProcessors();
    return new TorchThreads(
        placement.onCpu() ? Math.max(1, cores / placements().size()) : placement.devices().size());
  }
}
