package dev.selfpruner.infra.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Measurement;
import dev.selfpruner.activities.search.PrunedModel;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.Spending;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SearchReportTest {
  private static final ArtifactRef REF = new ArtifactRef("file:/store/x", "0".repeat(64), 1);

  @Test
  void showsATableToPeople() {
    assertThat(report(93.1234, 7, 2).text())
        .isEqualTo(
            """
                         perplexity     parameters     kept
            dense            21.630    134,515,008  100.00%
            uniform          93.123    102,662,208   70.00%
            searched         42.210    102,661,632   70.00%

            92 evaluations, 7 of them known before, 2 candidates by the built-in operators in the LLM's place; kept is the share of the decoder blocks' parameters
            model: /models/search""");
  }

  @Test
  void givesMachinesOneLine() {
    String line = report(93.1234, 7, 2).json();
    assertThat(line).hasLineCount(1);
    assertThat(Json.read(line, JsonNode.class))
        .isEqualTo(
            Json.read(
                """
                {
                  "dense": 21.63, "uniform": 93.1234, "searched": 42.21, "sparsity": 0.3,
                  "parameters": {"before": 134515008, "after": 102661632},
                  "keptBlockShare": 0.7, "fitness": 40.0,
                  "evaluations": 92, "alreadyKnown": 7, "fallbacks": 2,
                  "run": 1, "searchKey": "key", "output": "/models/search"
                }
                """,
                JsonNode.class));
  }

  @Test
  void saysThatAPerplexityIsInfinite() {
    assertThat(report(Double.POSITIVE_INFINITY, 0, 0).text())
        .contains("uniform        infinite    102,662,208   70.00%")
        .contains("92 evaluations; kept");
  }

  private static SearchReport report(double uniform, int known, int fallbacks) {
    return new SearchReport(
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
            Spending.NOTHING,
            LlmLimits.NONE,
            ""),
        0.3,
        Path.of("/models/search"),
        1);
  }
}
