package dev.selfpruner.workflows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.Mix;
import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.Probing;
import dev.selfpruner.activities.search.RemovalOrder;
import dev.selfpruner.activities.search.SearchSpace;
import dev.selfpruner.activities.search.Stage;
import dev.selfpruner.activities.search.Stopping;
import dev.selfpruner.activities.search.TextWindows;
import java.util.List;

/**
 * Searches with a method over {@link FakeBlocks}.
 *
 * @param evolution sizes
 * @param mix of operators
 */
record MeasuredSpecs(
    Evolution evolution,
    Mix mix,
    List<Stage> stages,
    Probing probing,
    List<Double> dampings,
    List<TextWindows> heldOut,
    Generator generator,
    Stopping stopping,
    boolean keepImproved) {

  /** Six iterations, of which two descend, and every other option. */
  static MeasuredSpecs full() {
    return new MeasuredSpecs(
        new Evolution(4, 6, 3, 3),
        new Mix(6, 2, true),
        List.of(new Stage(2, 6), new Stage(4, 4), new Stage(16, 4)),
        new Probing(3, 8, 8, 0.1, 0),
        List.of(0.01, 0.001),
        List.of(text("held-out")),
        new Generator.BuiltIn(),
        Stopping.NEVER,
        false);
  }

  /** One stage, one operator, no descents, and nothing at the end. */
  static MeasuredSpecs plain(int iterations) {
    return new MeasuredSpecs(
        new Evolution(4, iterations, 0, 0),
        new Mix(4, 0, false),
        List.of(new Stage(4, 4)),
        new Probing(3, 0, 8, 0.1, 0),
        List.of(),
        List.of(),
        new Generator.BuiltIn(),
        Stopping.NEVER,
        false);
  }

  static TextWindows text(String path) {
    return new TextWindows(path, 128, path.equals("search") ? 10 : 0, TextWindows.ALL, true);
  }

  MeasuredSpecs with(Evolution sizes) {
    return new MeasuredSpecs(
        sizes, mix, stages, probing, dampings, heldOut, generator, stopping, keepImproved);
  }

  MeasuredSpecs with(Mix operators) {
    return new MeasuredSpecs(
        evolution,
        operators,
        stages,
        probing,
        dampings,
        heldOut,
        generator,
        stopping,
        keepImproved);
  }

  MeasuredSpecs with(Probing blocks) {
    return new MeasuredSpecs(
        evolution, mix, stages, blocks, dampings, heldOut, generator, stopping, keepImproved);
  }

  MeasuredSpecs with(Stage... rounds) {
    return new MeasuredSpecs(
        evolution,
        mix,
        List.of(rounds),
        probing,
        dampings,
        heldOut,
        generator,
        stopping,
        keepImproved);
  }

  MeasuredSpecs with(Generator other) {
    return new MeasuredSpecs(
        evolution, mix, stages, probing, dampings, heldOut, other, stopping, keepImproved);
  }

  MeasuredSpecs with(Stopping limits) {
    return new MeasuredSpecs(
        evolution, mix, stages, probing, dampings, heldOut, generator, limits, keepImproved);
  }

  MeasuredSpecs withDampings(List<Double> others) {
    return new MeasuredSpecs(
        evolution, mix, stages, probing, others, heldOut, generator, stopping, keepImproved);
  }

  MeasuredSpecs withoutHeldOut() {
    return new MeasuredSpecs(
        evolution, mix, stages, probing, dampings, List.of(), generator, stopping, keepImproved);
  }

  MeasuredSpecs keepingImproved() {
    return new MeasuredSpecs(
        evolution, mix, stages, probing, dampings, heldOut, generator, stopping, true);
  }

  Method method() {
    return new Method(
        SearchSpace.BLOCKS,
        AttentionUnit.QUERY_HEAD,
        RemovalOrder.BRAIN_SURGEON,
        new Compensation.LeastSquares(0.01),
        dampings,
        probing,
        mix,
        stages,
        heldOut);
  }

  SearchSpec spec() {
    return spec(LlmLimits.NONE);
  }

  /** Searching on windows that calibration reads. */
  SearchSpec onCalibrationText() {
    ObjectNode spec = Json.mapper().valueToTree(spec());
    return Json.read(
        spec.set("searchText", spec.get("calibrationText")).toString(), SearchSpec.class);
  }

  /** With a budget of time. */
  SearchSpec spec(Target.Latency target) {
    return spec(LlmLimits.NONE, 0, List.of(target));
  }

  SearchSpec spec(LlmLimits limits) {
    return spec(limits, 0.3, List.of());
  }

  private SearchSpec spec(LlmLimits limits, double sparsity, List<Target.Latency> latency) {
    return new SearchSpec(
        "model",
        sparsity,
        1,
        evolution,
        generator,
        generator,
        limits,
        7,
        text("calibration"),
        text("search"),
        text(FakeBlocks.TEST),
        new Objective.Perplexity(),
        keepImproved,
        List.of(method()),
        stopping,
        latency,
        ModelFormat.COMPACT,
        1);
  }
}
