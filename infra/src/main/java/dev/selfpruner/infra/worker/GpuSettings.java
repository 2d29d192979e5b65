package dev.selfpruner.infra.worker;

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
 */
public record GpuSettings(
    ComputeOptions compute, long gramBytes, Duration longestStep, Consumer<String> end) {}
