package dev.selfpruner.infra.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.workflows.CompareEntry;
import dev.selfpruner.workflows.CompareProgress;
import dev.selfpruner.workflows.CompareProgress.Running;
import dev.selfpruner.workflows.CompareResult;
import dev.selfpruner.workflows.CompareRow;
import dev.selfpruner.workflows.CompareSpec;
import dev.selfpruner.workflows.SearchProgress;
import dev.selfpruner.workflows.SearchProgress.Phase;
import dev.selfpruner.workflows.SearchSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompareReportTest {
  private static final ArtifactRef REF = new ArtifactRef("file:/store/x", "0".repeat(64), 1);

  @Test
  void showsALineForEachVariantUnderWhatAllAreMeasuredAgainst() {
    assertThat(report(2.0, 3.75).text())
        .isEqualTo(
            """
            dense 2.000, uniform 3.750
                        perplexity deviation   fitness evaluations  model tokens fallbacks LLM tokens US dollars failed  by seed
            all of it        2.200     0.141     2.100          80             0      5.0%      2,200     0.5000      0  2.100 2.300
            no mutation      2.500         -     2.400          40             0      5.0%      1,100          -      1  2.500 failed

            perplexity on the test text (of the model that is written) and fitness (on the search text) are means over the seeds 0, 1; the rest are sums
            all of it with seed 1 ended early by the limit of 1,100 LLM tokens
            no mutation with seed 1 failed: there is no such LLM\uFFFD (NoSuchLlm)""");
  }

  @Test
  void showsBaselinesWithEachVariantWhereTheyDiffer() {
    assertThat(report(9.0, 9.75).text())
        .startsWith("            perplexity")
        .contains("2.100 2.300\n  dense 2.000, uniform 3.750\nno mutation")
        .contains("failed\n  dense 9.000, uniform 9.750\n");
  }

  @Test
  void givesMachinesOneLine() {
    String line = report(2.0, 3.75).json();
    JsonNode json = Json.read(line, JsonNode.class);

    assertThat(line).hasLineCount(1);
    assertThat(json.at("/seeds").toString()).isEqualTo("[0,1]");
    assertThat(json.at("/variants/0/name").asText()).isEqualTo("all of it");
    assertThat(json.at("/variants/0/searched/mean").asDouble()).isEqualTo(2.2);
    assertThat(json.at("/variants/0/runs/1/searched").asDouble()).isEqualTo(2.3);
    assertThat(json.at("/variants/0/spending/inputTokens").asInt()).isEqualTo(2000);
    assertThat(json.at("/variants/1/searched/standardDeviation").isMissingNode()).isTrue();
    assertThat(json.at("/variants/1/runs/1").toString())
        .isEqualTo("{\"failure\":\"there is no such LLM\\u001B (NoSuchLlm)\",\"seed\":1}");
    assertThat(json.at("/variants/1/spec/evolution/population").asInt()).isEqualTo(4);
  }

  @Test
  void saysWhetherEverySearchFailed() {
    CompareReport some = report(2.0, 3.75);
    CompareRow failed = some.result().rows().get(3);
    assertThat(some.isAllFailed()).isFalse();
    assertThat(
            new CompareReport(some.spec(), new CompareResult(List.of(failed, failed)))
                .isAllFailed())
        .isTrue();
  }

  @Test
  void drawsADotForEverySeed() {
    String svg = CompareChart.svg(report(2.0, 3.75));
    assertThat(svg).startsWith("<svg").endsWith("</svg>\n").contains(">all of it</text>");
    assertThat(svg.split("<circle", -1)).hasSize(1 + 3);
  }

  @Test
  void saysHowFarItIsInOneLine() {
    SearchProgress search = new SearchProgress(Phase.SEARCHING, 1, 5, 24, 0, 2.5, Spending.NOTHING);
    Running running = new Running("all of it", 1, "compare-1-0-1");
    assertThat(
            CompareLine.of(
                new CompareProgress(15, 3, 1, List.of(running)), Map.of(running, search)))
        .isEqualTo("3 of 15 searches finished (1 failed), all of it/1: 5/24 best 2.500");
  }

  /** Two variants with two seeds; the second's second search failed. */
  private static CompareReport report(double dense, double uniform) {
    CompareSpec spec =
        CompareSpec.of(
            List.of(new CompareEntry("all of it", spec()), new CompareEntry("no mutation", spec())),
            List.of(0L, 1L));
    return new CompareReport(
        spec,
        new CompareResult(
            List.of(
                row("all of it", 0, 2.0, 3.75, 2.1, 0.25, ""),
                row("all of it", 1, 2.0, 3.75, 2.3, 0.25, "the limit of 1,100 LLM tokens"),
                row("no mutation", 0, dense, uniform, 2.5, 0.0, ""),
                new CompareRow(
                    "no mutation", 1, List.of(), "there is no such LLM\u001b (NoSuchLlm)"))));
  }

  private static CompareRow row(
      String entry,
      long seed,
      double dense,
      double uniform,
      double searched,
      double cost,
      String exhausted) {
    SearchResult result =
        new SearchResult(
            "key",
            new Measurement(dense, 1_000, 1.0),
            new Measurement(uniform, 700, 0.7),
            new Measurement(searched, 700, 0.7),
            "1-mutate-3",
            searched - 0.1,
            REF,
            new PrunedModel(REF, 700, 0.7),
            List.of(),
            40,
            0,
            2,
            new Spending(5, 1_000, 100, cost),
            LlmLimits.NONE,
            exhausted);
    return new CompareRow(entry, seed, List.of(result), "");
  }

  private static SearchSpec spec() {
    TextWindows text = new TextWindows("text", 128, 0, 4, true);
    return new SearchSpec(
        "model",
        0.3,
        1,
        new Evolution(4, 1, 1, 1),
        new Generator.BuiltIn(),
        new Generator.BuiltIn(),
        LlmLimits.NONE,
        0,
        text,
        text,
        text,
        new Objective.Perplexity(),
        false,
        1);
  }
}
