package dev.selfpruner.infra.worker;

import dev.selfpruner.gpu.engine.ComputeOptions;
import java.time.Duration;

/**
 * How a GPU worker works.
 *
 * @param compute what it computes with
 * @param longestStep longest time that a step of native code may take
 * @param stalled what is done when one takes longer
 */
public record GpuSettings(ComputeOptions compute, Duration longestStep, Runnable stalled) {}
