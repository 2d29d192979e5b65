package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.activities.search.CalibrationRequest;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.torch.DeviceName;

/**
 * Refuses what no plan can meet before anything runs for it: whoever starts a search elsewhere has
 * no model to look at. Whether a time can be met is known only once blocks are measured.
 */
final class Targets {
  private final ComputeOptions options;

  Targets(ComputeOptions options) {
    this.options = options;
  }

  /**
   * Fails if no plan of the model can be what is asked for.
   *
   * @throws IllegalArgumentException saying what can
   */
  void requireMet(CalibrationRequest request, ModelDirectory model) {
    LlamaConfig config = model.config();
    for (Target target : request.target()) {
      if (target instanceof Target.Size size) {
        PrunableModel prunable =
            UnitOrder.asStored(config, request.attentionUnit())
                .prunable(config, request.attentionUnit());
        Budget unused = size.budget(prunable, model.parameters(), request.widthMultiple());
      } else if (target instanceof Target.Latency latency) {
        requireDevice(latency);
        if (latency.tokens() > config.contextLength()) {
          throw new IllegalArgumentException(
              "the latency budget is one for sequences of %d tokens, and the model's context is %d: give fewer (--latency-tokens)"
                  .formatted(latency.tokens(), config.contextLength()));
        }
      }
    }
  }

  /**
   * Fails if this worker has another device than a time holds for.
   *
   * @throws IllegalArgumentException naming both
   */
  void requireDevice(Target.Latency target) {
    String device = DeviceName.of(options.devices().get(0));
    if (!target.device().equals(device)) {
      throw new IllegalArgumentException(
          "the latency budget is one for '%s', and this worker computes on '%s': run workers on that device, or give a budget for this one"
              .formatted(target.device(), device));
    }
  }
}
