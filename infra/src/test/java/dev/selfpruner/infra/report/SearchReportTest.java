package dev.selfpruner.infra.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.activities.search.Credit;
import dev.selfpruner.activities.search.LatencyFigures;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Price;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.Spending;
import dev.selfpruner.activities.search.Stopping;
import dev.selfpruner.infra.testing.Specs;
import dev.selfpruner.workflows.SearchSpec;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SearchReportTest {
  private static final ArtifactRef REF = new ArtifactRef("file:/store/x", "0".repeat(64), 1);

  private static final Spending SPENT = new Spending(21, 12_345, 6_789, 0.09875);
  private static final LlmLimits LIMITED =
      new LlmLimits(100_000L, 2.5, List.of(new Price(2.5, 10.0)));

  @Test
  void showsATableToPeople() {
    assertThat(report(93.1234, 7, 0, Spending.NOTHING, LlmLimits.NONE, "").text())
        .isEqualTo(
            """
                         perplexity     parameters     kept
            dense            21.630    134,515,008  100.00%
            uniform          93.123    102,662,208   70.00%
            searched         42.210    102,661,632   70.00%

            92 evaluations, 7 of them known before; kept is the share of the decoder blocks' parameters
            calibrated on c.txt (16 windows of 2,048 tokens), searched on c.txt (1 window of 2,048 tokens), reported on wiki.test.raw (all windows of 2,048 tokens)
            model: /models/search""");
  }

  @Test
  void showsTheLlmsBillAndWhoStoodInForIt() {
    assertThat(report(93.1234, 0, 2, SPENT, LIMITED, "").text())
        .endsWith(
            """
            92 evaluations; kept is the share of the decoder blocks' parameters
            calibrated on c.txt (16 windows of 2,048 tokens), searched on c.txt (1 window of 2,048 tokens), reported on wiki.test.raw (all windows of 2,048 tokens)
            LLM: 21 answers, 12,345 tokens of prompts and 6,789 of answers, 0.0988 US dollars; limited to 100,000 tokens, 2.5000 US dollars
            2 of 92 candidates asked for (2 %) are by the built-in operators in the LLM's place
            model: /models/search""");
  }

  @Test
  void saysThatLimitsEndedTheSearch() {
    assertThat(report(93.1234, 0, 0, SPENT, LIMITED, "the limit of 100,000 LLM tokens").text())
        .contains(
            """
            ended early by the limit of 100,000 LLM tokens: the same command with a higher one goes on from here
            """);
  }

  @Test
  void saysThatASearchLivedOnFallbacks() {
    assertThat(report(93.1234, 0, 47, SPENT, LlmLimits.NONE, "").text())
        .endsWith(
            """
            LLM: 21 answers, 12,345 tokens of prompts and 6,789 of answers, 0.0988 US dollars
            47 of 92 candidates asked for (51 %) are by the built-in operators in the LLM's place
            This search lived on them: its result is the built-in operators', not the LLM's ('selfpruner inspect' shows what was wrong with the answers)
            model: /models/search""");
    assertThat(report(93.1234, 0, 46, SPENT, LlmLimits.NONE, "").text())
        .doesNotContain("lived on them");
  }

  @Test
  void givesMachinesOneLine() {
    String line = report(93.1234, 7, 23, SPENT, LIMITED, "the limit").json();
    assertThat(line).hasLineCount(1);
    assertThat(Json.read(line, JsonNode.class))
        .isEqualTo(
            Json.read(
                """
                {
                  "dense": 21.63, "uniform": 93.1234, "searched": 42.21, "sparsity": 0.3,
                  "parameters": {"before": 134515008, "after": 102661632},
                  "keptBlockShare": 0.7, "fitness": 40.0, "format": "compact",
                  "evaluations": 92, "alreadyKnown": 7, "fallbacks": 23, "fallbackShare": 0.25,
                  "llm": {
                    "answers": 21, "inputTokens": 12345, "outputTokens": 6789, "cost": 0.09875,
                    "limits": {"tokens": 100000, "cost": 2.5},
                    "price": {"input": 2.5, "output": 10.0}
                  },
                  "exhausted": "the limit",
                  "run": 1, "searchKey": "key", "output": "/models/search",
                  "model": "/models/dense",
                  "texts": {
                    "calibration": {"path": "/texts/c.txt", "sequenceLength": 2048, "firstWindow": 0,
                      "windows": 16, "beginOfSequence": true},
                    "search": {"path": "/texts/c.txt", "sequenceLength": 2048, "firstWindow": 16,
                      "windows": 1, "beginOfSequence": true},
                    "test": {"path": "/texts/wiki.test.raw", "sequenceLength": 2048,
                      "firstWindow": 0, "windows": 2147483647, "beginOfSequence": true}
                  }
                }
                """,
                JsonNode.class));
    assertThat(
            Json.read(
                    report(93.1234, 0, 0, Spending.NOTHING, LlmLimits.NONE, "").json(),
                    JsonNode.class)
                .path("llm"))
        .isEqualTo(
            Json.read(
                """
                {"answers": 0, "inputTokens": 0, "outputTokens": 0, "cost": null, "limits": {}}
                """,
                JsonNode.class));
  }

  @Test
  void showsWhatASearchThatMeasuresFirstFittedAndWhatEndedIt() {
    SearchReport report = measured();
    assertThat(report.text())
        .isEqualTo(
            """
                         perplexity     parameters     kept
            dense            21.630    134,515,008  100.00%
            uniform          36.340    102,662,208   70.00%
            searched         33.590    102,661,632   70.00%
            fitted           32.590    102,661,632   70.00%

            2345 evaluations, 5 of them known before, 25.0 million tokens through the model; kept is the share of the decoder blocks' parameters
            uniform and searched are made up for as candidates were; fitted is the model that is written
            calibrated on c.txt (16 windows of 2,048 tokens), searched on c.txt (1 window of 2,048 tokens), ranked on c.txt (8 windows of 2,048 tokens), reported on wiki.test.raw (all windows of 2,048 tokens)
            ended early by the limit of 25,000,000 tokens: the same command with a higher one goes on from here
            model: /models/search""");
    JsonNode json = Json.read(report.json(), JsonNode.class);
    assertThat(json.path("fitted").asDouble()).isEqualTo(32.59);
    assertThat(json.path("tokens").asLong()).isEqualTo(25_000_123);
    assertThat(json.at("/credits/0").toString())
        .isEqualTo("{\"offspring\":64,\"operator\":\"LEVEL_SWITCH\",\"survivors\":7}");
    assertThat(json.at("/method/mix/levelSwitches").asInt()).isEqualTo(32);
  }

  @Test
  void saysThatMoreWasSpentThanIsAskedForNow() {
    SearchReport lower = measured(new Stopping(5_000_000L, 2_000L, null, null));

    assertThat(lower.text())
        .contains(
            """
            ended early by the limit of 25,000,000 tokens: the same command with a higher one goes on from here
            spent more than asked for: 25,000,123 tokens of at most 5,000,000, 2,345 evaluations of at most 2,000 (limits are looked at before an iteration, and what was searched before with higher ones stays)
            """);
    assertThat(Json.read(lower.json(), JsonNode.class).path("beyondLimits"))
        .isEqualTo(
            Json.read(
                """
                {"tokens": {"spent": 25000123, "limit": 5000000},
                 "evaluations": {"spent": 2345, "limit": 2000}}
                """,
                JsonNode.class));
    SearchReport within = measured(new Stopping(25_000_123L, 2_345L, null, null));
    assertThat(within.text()).doesNotContain("spent more");
    assertThat(Json.read(within.json(), JsonNode.class).has("beyondLimits")).isFalse();
  }

  @Test
  void showsTimesThatWereForetoldBesideThoseThatWereMeasuredAndWhatIsToBeKnown() {
    SearchReport parameters = measured();
    SearchResult known = parameters.result();
    SearchReport report =
        new SearchReport(
            parameters.spec(),
            new SearchResult(
                known.searchKey(),
                known.dense(),
                known.uniform(),
                known.searched(),
                known.bestId(),
                known.fitness(),
                known.population(),
                known.model(),
                known.improved(),
                known.evaluations(),
                known.alreadyKnown(),
                known.fallbacks(),
                known.spending(),
                known.limits(),
                known.exhausted(),
                known.fitted(),
                known.tokens(),
                known.credits(),
                List.of(
                    new LatencyFigures(
                        new Target.TimeShare(0.8, "NVIDIA H100 80GB HBM3", 1, 2048),
                        8,
                        10,
                        7.96,
                        7.99,
                        10.2,
                        8.31)),
                List.of("no text is held out")),
            parameters.output(),
            List.of());

    assertThat(report.text())
        .contains(
            "latency on NVIDIA H100 80GB HBM3, 1 x 2,048 tokens: 8.000 ms allowed; foretold: dense 10.00, uniform 7.960, searched 7.990",
            "measured as whole models: dense 10.20 ms, searched 8.310");
    JsonNode json = Json.read(report.json(), JsonNode.class).path("latency");
    assertThat(json.at("/predictedMilliseconds/searched").asDouble()).isEqualTo(7.99);
    assertThat(json.at("/measuredMilliseconds/searched").asDouble()).isEqualTo(8.31);
    assertThat(json.at("/target/share").asDouble()).isEqualTo(0.8);
    assertThat(report.text()).contains("\nno text is held out\n");
    assertThat(Json.read(report.json(), JsonNode.class).at("/notes/0").asText())
        .isEqualTo("no text is held out");
    assertThat(parameters.text()).doesNotContain("latency");
  }

  private static SearchReport measured() {
    return measured(Stopping.NEVER);
  }

  private static SearchReport measured(Stopping stopping) {
    SearchSpec spec = Specs.measured().withStopping(stopping);
    return new SearchReport(
        spec,
        new SearchResult(
            "key",
            new Measurement(21.63, 134_515_008, 1.0),
            new Measurement(36.34, 102_662_208, 0.7),
            new Measurement(33.59, 102_661_632, 0.7),
            "i02-level-switch-3",
            30.0,
            REF,
            new PrunedModel(REF, 102_661_632, 0.7),
            List.of(),
            2_345,
            5,
            0,
            Spending.NOTHING,
            LlmLimits.NONE,
            "the limit of 25,000,000 tokens",
            List.of(new Measurement(32.59, 102_661_632, 0.7)),
            25_000_123L,
            List.of(new Credit(Operator.LEVEL_SWITCH, 64, 7)),
            List.of()),
        Path.of("/models/search"),
        List.of());
  }

  @Test
  void saysThatAPerplexityIsInfinite() {
    assertThat(report(Double.POSITIVE_INFINITY, 0, 0, Spending.NOTHING, LlmLimits.NONE, "").text())
        .contains("uniform        infinite    102,662,208   70.00%")
        .contains("92 evaluations; kept");
  }

  private static SearchReport report(
      double uniform,
      int known,
      int fallbacks,
      Spending spending,
      LlmLimits limits,
      String exhausted) {
    return new SearchReport(
        Specs.llm(),
        new SearchResult(
            "key",
            new Measurement(21.63, 134_515_008, 1.0),
            new Measurement(uniform, 102_662_208, 0.7),
            new Measurement(42.21, 102_661_632, 0.7),
            "1-mutate-3",
            40.0,
            REF,
            new PrunedModel(REF, 102_661_632, 0.7),
            List.of(),
            92,
            known,
            fallbacks,
            spending,
            limits,
            exhausted),
        Path.of("/models/search"),
        List.of());
  }
}
