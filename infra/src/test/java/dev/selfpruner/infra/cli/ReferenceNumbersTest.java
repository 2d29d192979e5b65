package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** The commands against numbers that transformers and an independent pruning script gave. */
@EnabledIfEnvironmentVariable(
    named = "SELFPRUNER_SHARED",
    matches = ".+",
    disabledReason = "SELFPRUNER_SHARED does not name the folder with the reference numbers")
class ReferenceNumbersTest {
  private static final List<String> COMPACT = List.of("compact");
  private static final List<String> PADDED = List.of("padded");
  private static final List<String> BOTH = List.of("compact", "padded");

  @TempDir private Path folder;

  /**
   * A model with its reference numbers.
   *
   * @param layers decoder layers, all alike
   * @param formats for each pruned model of the numbers, the formats that it is written in
   */
  private record Reference(
      Path model,
      String numbers,
      int layers,
      int heads,
      int neurons,
      int calibrationWindows,
      List<List<String>> formats) {}

  @Test
  void stories260k() throws IOException {
    reproduces(
        new Reference(
            shared().resolve("models/stories260k"),
            "stories260k",
            5,
            8,
            172,
            16,
            List.of(BOTH, BOTH)));
  }

  @Test
  @EnabledIfEnvironmentVariable(
      named = "SELFPRUNER_SMOLLM2",
      matches = ".+",
      disabledReason = "SELFPRUNER_SMOLLM2 does not name a directory with SmolLM2-135M")
  void smolLm2() throws IOException {
    Path model = Path.of(System.getenv("SELFPRUNER_SMOLLM2"));
    reproduces(new Reference(model, "smollm2-135m", 30, 9, 1536, 8, List.of(PADDED, COMPACT)));
  }

  private void reproduces(Reference reference) throws IOException {
    JsonNode numbers =
        Json.read(
            shared().resolve("reference").resolve(reference.numbers() + ".json"), JsonNode.class);
    JsonNode dense = evaluate(reference.model(), numbers);
    assertThat(dense.path("tokenIdsSha256"))
        .isEqualTo(numbers.path("tokens").path("test").path("sha256_of_int32_little_endian"));
    assertLosses(dense, numbers.path("dense_nll_per_test_window"), 1e-4);

    assertThat(numbers.path("pruned")).hasSameSizeAs(reference.formats());
    for (int i = 0; i < reference.formats().size(); i++) {
      JsonNode pruned = numbers.path("pruned").get(i);
      Path plan = plan(reference, pruned.path("rate").asDouble());
      for (String format : reference.formats().get(i)) {
        Path model = folder.resolve(format + pruned.path("rate"));
        prune(reference, numbers, plan, format, model);
        assertLosses(evaluate(model, numbers), pruned.path("nll_per_test_window"), 1e-3);
      }
    }
  }

  private Path plan(Reference reference, double rate) throws IOException {
    LayerPlan kept =
        new LayerPlan(
            reference.heads() - (int) (rate * reference.heads()),
            reference.neurons() - (int) (rate * reference.neurons()));
    PruningPlan plan = new PruningPlan(Collections.nCopies(reference.layers(), kept));
    return Files.writeString(folder.resolve("plan-" + rate + ".json"), Json.write(plan));
  }

  private static void prune(
      Reference reference, JsonNode numbers, Path plan, String format, Path out) {
    Captured ran =
        Captured.run(
            "prune",
            "--model",
            reference.model().toString(),
            "--plan",
            plan.toString(),
            "--calibration-text",
            text("wiki.valid.raw"),
            "--calibration-windows",
            Integer.toString(reference.calibrationWindows()),
            "--calibration-sequence-length",
            numbers.path("sequence_length").asText(),
            "--no-bos",
            "--format",
            format,
            "--out",
            out.toString());
    assertThat(ran.status()).as(ran.err()).isZero();
  }

  private static JsonNode evaluate(Path model, JsonNode numbers) {
    Captured ran =
        Captured.run(
            "evaluate",
            "--model",
            model.toString(),
            "--text",
            text("wiki.test.raw"),
            "--sequence-length",
            numbers.path("sequence_length").asText(),
            "--windows",
            Integer.toString(numbers.path("dense_nll_per_test_window").size()),
            "--no-bos",
            "--json");
    assertThat(ran.status()).as(ran.err()).isZero();
    return Json.read(ran.out(), JsonNode.class);
  }

  private static void assertLosses(JsonNode evaluated, JsonNode expected, double tolerance) {
    List<Double> losses = new ArrayList<>();
    evaluated.path("nllPerWindow").forEach(loss -> losses.add(loss.asDouble()));
    assertThat(losses).hasSameSizeAs(expected);
    for (int i = 0; i < losses.size(); i++) {
      assertThat(losses.get(i)).isCloseTo(expected.get(i).asDouble(), within(tolerance));
    }
  }

  private static String text(String name) {
    return shared().resolve("data/wikitext2").resolve(name).toString();
  }

  private static Path shared() {
    return Path.of(System.getenv("SELFPRUNER_SHARED"));
  }
}
