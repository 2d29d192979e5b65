package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.infra.demo.DemoFiles;
import dev.selfpruner.infra.demo.DemoModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the demo model; nothing answers at the LLM's address, and nobody asks. */
class DryRunTest {
  private static final String[] LLM = {
    "--llm-model", "scripted", "--llm-url", "http://127.0.0.1:1/v1"
  };

  @TempDir private static Path folder;

  @Test
  void saysWhatASearchTakes() throws IOException {
    Captured dry = published("--llm-price", "2.5,10", "--max-llm-tokens", "4000");
    assertThat(dry.status()).as(dry.err()).isZero();
    assertThat(dry.out())
        .matches(
            """
            evaluations   16: 4 \\+ 3 x \\(2 \\+ 2\\), of which those known from before cost nothing
            model tokens  10,240: calibration 512, evaluations 16 x 512, test 3 x 512
            LLM           7 questions to scripted, about [\\d,]+ tokens of prompts and \\d+ of answers if all of them can be used
            cost          about 0\\.\\d+ US dollars \\(2\\.5 and 10\\.0 a million tokens\\)
            limits        the limit of 4,000 LLM tokens is going to end it in iteration \\d of 3, after about \\d+ evaluations
            time          about \\d+:\\d\\d on (cpu|gpu0), from a short run of random tokens \\([\\d,]+ tokens/s dense, [\\d,]+ pruned\\); the LLM's answers come on top, their time isn't known
            """);
  }

  @Test
  void tellsMachines() throws IOException {
    Captured dry = published("--json", "--llm-max-tokens", "12");
    assertThat(dry.status()).as(dry.err()).isZero();
    assertThat(dry.out()).hasLineCount(1);
    JsonNode report = Json.read(dry.out(), JsonNode.class);
    assertThat(report.path("evaluations").asInt()).isEqualTo(16);
    assertThat(report.path("modelTokens"))
        .isEqualTo(
            Json.read(
                """
                {"calibration": 512, "evaluation": 512, "reference": 0, "test": 512, "total": 10240}
                """,
                JsonNode.class));
    assertThat(report.path("seconds").asDouble()).isPositive();
    JsonNode llm = report.path("llm");
    assertThat(llm.path("fits").asBoolean()).as("a list in 12 tokens").isFalse();
    assertThat(llm.path("answers").asInt()).as("one list at a time").isEqualTo(16);
    assertThat(llm.path("cost").isNull()).isTrue();
  }

  @Test
  void saysWhatASearchTakesAtMostThatMeasuresFirst() throws IOException {
    Captured dry = dryRun("--stages", "1:2,4:4", "--max-tokens", "100K", "--descents", "2");
    assertThat(dry.status()).as(dry.err()).isZero();
    // 8 layers of 8 query heads and 128 neurons: 1 + 8 x (7 + 11) single blocks; 2 descents of at
    // most 4 x 8 + 1; selection: 32 + 2 of the first population, 2 x ((3 + 2 + 2) + (2 + 4)) with
    // descents and what the LLM makes beside them, (24 + 2 + 2) + (2 + 4) without
    assertThat(dry.out())
        .contains(
            "evaluations   at most 309: single blocks 145, steps of 2 descents 66, selection 94, ranking 4")
        .contains("single blocks 74,240, descents 33,792,")
        .contains("fitting 3,584, test 4 x 512")
        .contains("ends early by the limit of 100,000 tokens")
        .contains("time          at most about ");
  }

  @Test
  void countsHeldOutWindowsWhereAllOfATextAreMeant() throws IOException {
    String text = DemoModel.unpack(folder).testText().toString();
    Captured tooMany = dryRun("--held-out-text", text, "--held-out-windows", "100000");
    assertThat(tooMany.status()).isEqualTo(2);
    String count = tooMany.err().replaceAll("(?s).* has ([\\d,]+) windows of 64 tokens.*", "$1");

    Captured all = dryRun("--held-out-text", text, "--held-out-windows", "all");
    Captured counted =
        dryRun("--held-out-text", text, "--held-out-windows", count.replace(",", ""));

    assertThat(all.status()).as(all.err()).isZero();
    assertThat(effort(all)).isEqualTo(effort(counted)).anyMatch(line -> line.contains("ranking"));
    Captured nothingLeft = dryRun("--held-out-windows", "all");
    assertThat(nothingLeft.status()).isEqualTo(2);
    assertThat(nothingLeft.err())
        .startsWith("selfpruner: --held-out-windows: ")
        .contains("are held out, not all");
  }

  private static List<String> effort(Captured dry) {
    return dry.out().lines().filter(line -> line.matches("(evaluations|model tokens) .*")).toList();
  }

  @Test
  void refusesWhatItCannotKnow() {
    Captured refused =
        Captured.run("search", "--dry-run", "--no-workers", "--temporal-address", "127.0.0.1:1");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err())
        .startsWith("selfpruner: --dry-run reads the texts and runs the model");
  }

  private static Captured published(String... more) throws IOException {
    return dryRun(
        Stream.concat(Stream.of("--preset", "small"), Stream.of(more)).toArray(String[]::new));
  }

  private static Captured dryRun(String... more) throws IOException {
    DemoFiles demo = DemoModel.unpack(folder);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "search",
                "--dry-run",
                "--model",
                demo.model().toString(),
                "--sparsity",
                "0.3",
                "--calibration-text",
                demo.searchText().toString(),
                "--calibration-windows",
                "8",
                "--test-text",
                demo.testText().toString(),
                "--test-windows",
                "8",
                "--search-windows",
                "8",
                "--sequence-length",
                "64",
                "--population",
                "4",
                "--iterations",
                "3",
                "--mutations",
                "2",
                "--crossovers",
                "2"));
    arguments.addAll(List.of(LLM));
    arguments.addAll(List.of(more));
    return Captured.run(arguments.toArray(String[]::new));
  }
}
