package dev.selfpruner.activities.search;

import dev.selfpruner.activities.plan.Target;

/**
 * Asks what a model's blocks take, at every size that they may have.
 *
 * @param model directory of the model, as the GPU worker sees it
 * @param calibration of the model: which key-value heads stay follows from its order of removal
 * @param target what is measured for: on which device, and how many tokens at once
 */
public record LatencyRequest(String model, Calibration calibration, Target.Latency target) {}
