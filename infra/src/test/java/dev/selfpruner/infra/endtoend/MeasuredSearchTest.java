package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    assertThat(Journal.of(home)).isEqualTo(journal);
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
