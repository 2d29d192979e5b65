package dev.selfpruner.activities.search;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.Target;
import java.util.List;
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
 * @param target what plans are to meet, which is refused before anything runs where none can: none
 *     where that isn't to be looked at, else one; null means none. What is calibrated doesn't
 *     depend on it
 * @param widthMultiple what the neurons that a layer keeps are to be a multiple of; null means 1
 * @param texts that the search reads later, of which one that isn't there or is too short is
 *     refused before anything runs; what is calibrated doesn't depend on them; null means none
 */
public record CalibrationRequest(
    String model,
    TextWindows text,
    RemovalOrder order,
    AttentionUnit attentionUnit,
    Boolean gram,
    ModelFormat format,
    List<Target> target,
    Integer widthMultiple,
    List<TextWindows> texts) {
  public CalibrationRequest {
    order = Optional.ofNullable(order).orElse(RemovalOrder.WANDA_SP);
    attentionUnit = Optional.ofNullable(attentionUnit).orElse(AttentionUnit.QUERY_HEAD);
    gram = Optional.ofNullable(gram).orElse(false) || order == RemovalOrder.BRAIN_SURGEON;
    format = Optional.ofNullable(format).orElse(ModelFormat.COMPACT);
    target = List.copyOf(Optional.ofNullable(target).orElse(List.of()));
    widthMultiple = Optional.ofNullable(widthMultiple).orElse(1);
    texts = List.copyOf(Optional.ofNullable(texts).orElse(List.of()));
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

  /** For plans that nothing is known of yet. */
  public CalibrationRequest(
      String model,
      TextWindows text,
      RemovalOrder order,
      AttentionUnit attentionUnit,
      Boolean gram,
      ModelFormat format) {
    this(model, text, order, attentionUnit, gram, format, List.of(), 1, List.of());
  }

  /** The same, for plans that are to meet a target. */
  public CalibrationRequest withTarget(Target wanted, int multiple) {
    return new CalibrationRequest(
        model, text, order, attentionUnit, gram, format, List.of(wanted), multiple, texts);
  }

  /** The same of a search that reads these as well. */
  public CalibrationRequest withTexts(List<TextWindows> others) {
    return new CalibrationRequest(
        model, text, order, attentionUnit, gram, format, target, widthMultiple, others);
  }
}
