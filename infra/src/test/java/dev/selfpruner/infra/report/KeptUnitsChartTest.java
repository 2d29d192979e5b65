package dev.selfpruner.infra.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.plan.Exports;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.ModelRuntime;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.ModelFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeptUnitsChartTest {
  private static final PrunedShape SHAPE =
      new PrunedShape(
          new PruningPlan(List.of(new LayerPlan(8, 50), new LayerPlan(2, 100))),
          new LayerPlan(8, 100),
          new Exports(Map.of(ModelRuntime.VLLM, "layer 0 keeps 8 query heads, layer 1 2")));

  @Test
  void drawsABarForEveryBlock() {
    String svg = KeptUnitsChart.svg(SHAPE);
    assertThat(svg).startsWith("<svg ").endsWith("</svg>\n");
    assertThat(svg)
        .contains("height=\"150.0\" fill=\"#1f4e9c\"><title>layer 0: 8</title>")
        .contains("height=\"37.5\" fill=\"#1f4e9c\"><title>layer 1: 2</title>")
        .contains("height=\"75.0\" fill=\"#1f4e9c\"><title>layer 0: 50</title>")
        .contains("height=\"150.0\" fill=\"#1f4e9c\"><title>layer 1: 100</title>")
        .contains("query heads kept, of 8; by layer", "neurons kept, of 100; by layer");
  }

  @Test
  void saysWhatCouldHoldThePlanAndWhatWasWritten() {
    String could =
        "this plan could be held by transformers (with modelling code of its own), llama.cpp (deci), whatever holds the dense model, padded with zeros";
    String not = "but not by vLLM (deci): layer 0 keeps 8 query heads, layer 1 2";
    assertThat(ExportLines.of(SHAPE.exports(), ModelFormat.COMPACT))
        .containsExactly(
            could,
            not,
            "written compact: selfpruner itself loads it; --format padded writes the dense shape with zeros, for whatever holds the dense model");
    assertThat(ExportLines.of(SHAPE.exports(), ModelFormat.PADDED))
        .containsExactly(
            could,
            not,
            "written padded: whatever holds the dense model loads it; --format compact writes smaller tensors, for selfpruner itself");
    assertThat(ExportLines.json(SHAPE.exports()).toString())
        .isEqualTo(
            "{\"possible\":[\"transformers\",\"llama_cpp\",\"padded\"],\"obstacles\":{\"vllm\":\"layer 0 keeps 8 query heads, layer 1 2\"}}");
  }
}
