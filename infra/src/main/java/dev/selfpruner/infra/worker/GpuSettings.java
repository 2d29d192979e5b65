package dev.selfpruner.infra.worker;

import dev.selfpruner.gpu.activity.Locations;
import dev.selfpruner.gpu.engine.ComputeOptions;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * How a GPU worker works.
 *
 * @param compute what it computes with
 * @param gramBytes that a model's Gram matrices may take of the store
 * @param longestStep longest time that a step of native code may take
 * @param end what is done, with the reason, when one takes longer or the device is lost
 * @param locations of the models and texts that it reads
 */
public record GpuSettings(
    ComputeOptions compute,
    long gramBytes,
    Duration longestStep,
    Consumer<String> end,
    Locations locations) {
  /** For a worker that reads whatever its user may. */
  public GpuSettings(
      ComputeOptions compute, long gramBytes, Duration longestStep, Consumer<String> end) {
    this(compute, gramBytes, longestStep, end, Locations.ANYWHERE);
  }

  /** The same for a worker that doesn't. */
  public GpuSettings within(Locations allowed) {
    return new GpuSettings(compute, gramBytes, longestStep, end, allowed);
  }
}
