package dev.selfpruner.activities.search;

import dev.selfpruner.activities.plan.AttentionUnit;
import java.util.Optional;

/**
 * Asks for the importance of every unit of a model.
 *
 * @param model directory of the model, as the GPU worker sees it
 * @param text what the dense model reads while importance is collected
 * @param order in which units are to be removed; null means {@link RemovalOrder#WANDA_SP}
 * @param attentionUnit what goes from attention at once; null means {@link
 *     AttentionUnit#QUERY_HEAD}
 * @param gram whether the Gram matrices of what o_proj and down_proj read are kept, for a fit; they
 *     always are where the order comes from them; null means that they aren't
 * @param format in which a pruned model is to be written, which a model that can't be is refused
 *     for; no part of what the calibration is found by; null means {@link ModelFormat#COMPACT}
 */
public record CalibrationRequest(
    String model,
    TextWindows text,
    RemovalOrder order,
    AttentionUnit attentionUnit,
    Boolean gram,
    ModelFormat format) {
  public CalibrationRequest {
    order = Optional.ofNullable(order).orElse(RemovalOrder.WANDA_SP);
    attentionUnit = Optional.ofNullable(attentionUnit).orElse(AttentionUnit.QUERY_HEAD);
    gram = Optional.ofNullable(gram).orElse(false) || order == RemovalOrder.BRAIN_SURGEON;
    format = Optional.ofNullable(format).orElse(ModelFormat.COMPACT);
  }

  /** In Wanda-sp's order, single query heads, and nothing for a fit: as published. */
  public CalibrationRequest(String model, TextWindows text) {
    this(model, text, ModelFormat.COMPACT);
  }

  /** As published, too. */
  public CalibrationRequest(String model, TextWindows text, ModelFormat format) {
    this(model, text, RemovalOrder.WANDA_SP, AttentionUnit.QUERY_HEAD, false, format);
  }

  /** For a compact model. */
  public CalibrationRequest(
      String model,
      TextWindows text,
      RemovalOrder order,
      AttentionUnit attentionUnit,
      Boolean gram) {
    this(model, text, order, attentionUnit, gram, ModelFormat.COMPACT);
  }
}
