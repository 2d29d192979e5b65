package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.plan.LatencyTable;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.activities.search.MeasuredLatency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A search that measures single blocks first, on the demo model. */
class MeasuredSearchTest {
  private static final Map<String, String> IN_JVM = Map.of("SELFPRUNER_TEMPORAL", "test-server");

  @TempDir private Path folder;

  @Test
  void searchesBelowWhatSensitivityGivesBelowUniformAndWritesAFittedModel() throws Exception {
    Path home = Files.createDirectory(folder.resolve("a home")).toRealPath();
    JsonNode result = demo(home).result();
    JsonNode seed = demo(home, "--iterations", "0", "--descents", "0").result();
    JsonNode sliced = demo(home, "--reconstruction", "none").result();

    double dense = result.path("dense").asDouble();
    double uniform = result.path("uniform").asDouble();
    double searched = result.path("searched").asDouble();
    double fitted = result.path("fitted").asDouble();
    assertThat(seed.path("uniform").asDouble()).isEqualTo(uniform);
    assertThat(searched).isBetween(dense, seed.path("searched").asDouble());
    assertThat(seed.path("searched").asDouble()).isBetween(searched, uniform);
    assertThat(uniform).isLessThan(sliced.path("uniform").asDouble());
    assertThat(fitted).isLessThan(sliced.path("searched").asDouble());
    assertThat(sliced.has("fitted")).isFalse();

    assertThat(evaluated(home, result)).isCloseTo(fitted, within(1e-4 * fitted));
    assertInspected(home, result);
    Journal journal = Journal.of(home);
    assertThat(demo(home).result()).as("found again").isEqualTo(result);
    JsonNode padded = demo(home, "--format", "padded").result();
    assertThat(Journal.of(home)).as("nothing is evaluated again").isEqualTo(journal);
    assertPadded(home, padded, result);
  }

  /** The same model in the dense model's shape. */
  private static void assertPadded(Path home, JsonNode padded, JsonNode compact) throws Exception {
    assertThat(List.of(compact.path("format").asText(), padded.path("format").asText()))
        .containsExactly("compact", "padded");
    for (String same : List.of("searched", "parameters", "keptBlockShare", "plan", "exports")) {
      assertThat(padded.path(same)).as(same).isEqualTo(compact.path(same));
    }
    double fitted = compact.path("fitted").asDouble();
    assertThat(padded.path("fitted").asDouble()).isCloseTo(fitted, within(1e-5 * fitted));
    assertThat(evaluated(home, padded)).isCloseTo(fitted, within(1e-4 * fitted));
    Path written = Path.of(padded.path("output").asText());
    assertThat(written).isNotEqualTo(Path.of(compact.path("output").asText()));
    Path dense = Path.of(padded.path("model").asText());
    assertThat(written.resolve("config.json")).hasSameBinaryContentAs(dense.resolve("config.json"));
  }

  @Test
  void meetsANumberOfParametersAndEndsByTokensAndGoesOnWithMore() throws Exception {
    DemoSearch search = DemoSearch.measured(folder);
    String[] options = {"--target-parameters", "300000", "--max-tokens", "25K"};
    JsonNode ended = search.startInJvm(options).result();

    assertThat(ended.path("parameters").path("after").asLong()).isBetween(300_000L - 191, 300_000L);
    assertThat(ended.path("exhausted").asText()).isEqualTo("the limit of 25,000 tokens");
    assertThat(search.startInJvm(options).result()).as("found again").isEqualTo(ended);

    options[3] = "10M";
    JsonNode more = search.startInJvm(options).result();

    assertThat(more.path("exhausted").asText()).isEmpty();
    assertThat(more.path("searchKey")).isEqualTo(ended.path("searchKey"));
    assertThat(more.path("tokens").asLong()).isGreaterThan(ended.path("tokens").asLong());
    assertThat(more.path("output")).as("replaced").isEqualTo(ended.path("output"));
    double fitted = more.path("fitted").asDouble();
    assertThat(search.evaluate(more.path("output").asText(), 32))
        .isCloseTo(fitted, within(1e-4 * fitted));
    assertThat(search.journal().repeated()).isEmpty();
  }

  /** How long anything took decides nothing: plans are held to the table that was stored. */
  @Test
  void meetsAShareOfTheDenseModelsMeasuredTime() throws Exception {
    DemoSearch search = DemoSearch.measured(folder);
    String[] options = {"--target-latency", "95%", "--devices", "cpu", "--iterations", "3"};

    JsonNode result = search.startInJvm(options).result();

    JsonNode latency = result.path("latency");
    double allowed = latency.path("allowedMilliseconds").asDouble();
    JsonNode predicted = latency.path("predictedMilliseconds");
    LatencyTable table = table(search.home());
    assertThat(predicted.path("dense").asDouble()).isEqualTo(1e3 * table.dense());
    assertThat(allowed).isEqualTo(1e3 * (0.95 * table.dense()));
    assertThat(predicted.path("uniform").asDouble()).isLessThanOrEqualTo(allowed);
    PruningPlan plan = Json.read(result.path("plan").toString(), PruningPlan.class);
    assertThat(predicted.path("searched").asDouble()).isEqualTo(1e3 * table.seconds(plan));
    assertThat(table.seconds(plan)).isLessThanOrEqualTo(allowed / 1e3);
    for (PruningPlan larger : withOneUnitMore(plan)) {
      assertThat(1e3 * table.seconds(larger)).as("%s", larger).isGreaterThan(allowed);
    }
    assertThat(latency.at("/target/device").asText()).isEqualTo("cpu");
    assertThat(latency.at("/target/tokens").asInt()).isEqualTo(64);
    assertThat(latency.at("/measuredMilliseconds/searched").asDouble()).isPositive();
    assertThat(result.has("sparsity")).isFalse();
    assertThat(search.startInJvm(options).result()).as("found again").isEqualTo(result);
    assertThat(search.inspect(result.path("output").asText()).text())
        .contains("at most 95.00 % of the dense model's time on cpu, 1 x 64 tokens");
  }

  /** The one table in the store. */
  private static LatencyTable table(Path home) throws IOException {
    try (ArtifactStore store = ArtifactStores.directory(home.resolve("store"));
        Stream<Path> entries = Files.walk(home.resolve("store/index/latency"))) {
      List<Path> tables = entries.filter(Files::isRegularFile).toList();
      assertThat(tables).hasSize(1);
      String key = Json.mapper().readTree(tables.get(0).toFile()).path("key").asText();
      ArtifactRef table = store.find(new IndexKey("latency", key)).orElseThrow();
      return Json.read(store.read(table), MeasuredLatency.class).table();
    }
  }

  /** Of the demo model's 8 query heads and 128 neurons a layer. */
  private static List<PruningPlan> withOneUnitMore(PruningPlan plan) {
    List<PruningPlan> larger = new ArrayList<>();
    for (int i = 0; i < plan.layers().size(); i++) {
      LayerPlan kept = plan.layers().get(i);
      if (kept.queryHeads() < 8) {
        larger.add(with(plan, i, new LayerPlan(kept.queryHeads() + 1, kept.neurons())));
      }
      if (kept.neurons() < 128) {
        larger.add(with(plan, i, new LayerPlan(kept.queryHeads(), kept.neurons() + 1)));
      }
    }
    return larger;
  }

  private static PruningPlan with(PruningPlan plan, int layer, LayerPlan kept) {
    List<LayerPlan> layers = new ArrayList<>(plan.layers());
    layers.set(layer, kept);
    return new PruningPlan(layers);
  }

  private static CommandProcess demo(Path home, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("search", "--demo", "--seed=1", "--json"));
    arguments.addAll(List.of(more));
    return CommandProcess.start(home, IN_JVM, arguments);
  }

  /** Perplexity of the model that was written, on what the search reports. */
  private static double evaluated(Path home, JsonNode result) throws Exception {
    JsonNode text = result.at("/texts/test");
    return CommandProcess.start(
            home,
            Map.of(),
            List.of(
                "evaluate",
                "--model=" + result.path("output").asText(),
                "--text=" + text.path("path").asText(),
                "--sequence-length=" + text.path("sequenceLength").asText(),
                "--windows=" + text.path("windows").asText(),
                "--json"))
        .result()
        .path("perplexity")
        .asDouble();
  }

  private static void assertInspected(Path home, JsonNode result) throws Exception {
    List<String> inspect = List.of("inspect", result.path("output").asText());
    JsonNode inspected =
        CommandProcess.start(home, Map.of(), List.of("inspect", inspect.get(1), "--json")).result();
    int survivors = 0;
    for (JsonNode operator : inspected.path("operators")) {
      survivors += operator.path("survivors").asInt();
      assertThat(operator.path("offspringOfLlm").asInt()).isZero();
    }
    assertThat(survivors).as("the first population at least").isGreaterThanOrEqualTo(3);
    assertThat(inspected.at("/sensitivity/layers")).hasSize(8);
    String text = CommandProcess.start(home, Map.of(), inspect).text();
    assertThat(text)
        .contains("descend", "level switch", "sensitivity: units kept of one block")
        .contains(" fitted\n");
  }
}
