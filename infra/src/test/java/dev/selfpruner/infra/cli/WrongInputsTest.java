package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.infra.demo.DemoFiles;
import dev.selfpruner.infra.demo.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What can't be done is refused with what can, before anything is computed or started. A layer of
 * the demo model has 2 x 64 x 16 x (8 + 4) parameters in attention and 3 x 64 x 128 in its MLP.
 */
class WrongInputsTest {
  @TempDir private static Path folder;

  private static DemoFiles demo;

  @BeforeAll
  static void unpack() throws IOException {
    demo = DemoModel.unpack(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--sparsity 0 | the search: sparsity out of (0, 1): 0.0",
        "--sparsity 1 | the search: sparsity out of (0, 1): 1.0",
        "--sparsity 0.99 | --sparsity: no plan removes 0.9900 of the block parameters: 0.9128 is the most when every layer keeps one query head and one neuron",
        "--sparsity 0.85 --attention-unit head-of-every-group | --sparsity: no plan removes 0.8500 of the block parameters: 0.6628 is the most when every layer keeps one unit of query heads and one neuron",
        "--model-sparsity 0.95 | --model-sparsity: no plan has 21,353 parameters: the smallest plan has",
        "--target-parameters 20K | --target-parameters: no plan has 20,000 parameters: the smallest plan has",
        "--target-size 10KiB | --target-size: no plan has 5,120 parameters: the smallest plan has",
        "--target-size 10MiB --format padded | --target-size: a padded model's weights have as many bytes as the dense one's: leave --format padded out, or say the size by --sparsity or --target-parameters",
        "--sparsity 0.3 --format gguf | Invalid value for option '--format'",
        "--sparsity 0.3 --stages 1:8,500:3 | --stages: 500 windows are more than the 64 of ",
        "--sparsity 0.3 --held-out-windows 5000 | --held-out-windows: ",
        "--sparsity 0.3 --calibration-windows all | calibration reads the whole of ",
        "--target-latency 80% --devices cpu --latency-device L40S | --target-latency: the budget is one for 'L40S', and workers here compute on 'cpu'",
        "--target-latency 80% --space layers | the search: latency needs a method whose space is BLOCKS",
        "--target-latency 80% --devices cpu --latency-tokens 512 | --latency-tokens: sequences of 512 tokens do not fit the model, whose context is 256",
        "--target-latency 80% --sparsity 0.3 | --sparsity, --target-latency say how small the model is to be",
        "--target-latency 12 | '12' is no time: give 12ms, 1.5s, or 80% of the dense model's",
        "--target-latency 80% --no-workers --temporal-address nowhere:1 | name it with --latency-device",
        "--sparsity 0.3 --sequence-length 512 | windows of 512 tokens (calibration text) do not fit the model, whose context is 256: give a sequence length from 2 to 256",
      })
  void ofASearch(String options, String message) {
    List<String> arguments = new ArrayList<>(List.of("search"));
    arguments.add("--model=" + demo.model());
    arguments.add("--calibration-text=" + demo.searchText());
    arguments.add("--test-text=" + demo.testText());
    arguments.addAll(Words.of(options));
    assertRefused(message, arguments);
  }

  @Test
  void ofAnotherModelsRatesOrPlan() throws IOException {
    String rates = "{\"rates\": [0.3, 0.3, 0.3]}";
    Path three = Files.writeString(folder.resolve("rates.json"), rates);
    assertRefused(
        "%s has 3 rates, the model has 8 layers".formatted(three), prune("--rates=" + three));
    String layers =
        Collections.nCopies(3, "{\"queryHeads\": 4, \"neurons\": 9}").stream()
            .collect(Collectors.joining(",", "{\"layers\": [", "]}"));
    Path plan = Files.writeString(folder.resolve("plan.json"), layers);
    assertRefused("the plan has 3 layers, the model has 8", prune("--plan=" + plan));
    assertRefused("sparsity out of (0, 1): 1.0", prune("--sparsity=1"));
    assertRefused("sparsity out of (0, 1): 0.0", prune("--sparsity=0"));
    assertRefused("no plan removes 0.9900 of the block", prune("--sparsity=0.99"));
  }

  @Test
  void ofUnitsThatAModelHasNot() throws IOException {
    String layers =
        Collections.nCopies(8, "{\"queryHeads\": 7, \"neurons\": 99}").stream()
            .collect(Collectors.joining(",", "{\"layers\": [", "]}"));
    Path plan = Files.writeString(folder.resolve("seven.json"), layers);
    Path model = folder.resolve("seven");
    Captured pruned = Captured.run(prune("--plan=" + plan, model).toArray(String[]::new));
    assertThat(pruned.status()).as(pruned.err()).isZero();
    for (String unit : List.of("group", "head-of-every-group")) {
      assertRefused(
          "--attention-unit %s: layer 0: key-value heads are read by".formatted(unit),
          List.of(
              "search",
              "--model=" + model,
              "--sparsity=0.3",
              "--attention-unit=" + unit,
              "--calibration-text=" + demo.searchText(),
              "--test-text=" + demo.testText()));
    }
  }

  @Test
  void ofADenseShapeThatAModelHasNotAnyMore() throws IOException {
    Path model = folder.resolve("pruned");
    Captured pruned = Captured.run(prune("--sparsity=0.3", model).toArray(String[]::new));
    assertThat(pruned.status()).as(pruned.err()).isZero();

    String reason = "the model is pruned already, so there is no dense shape to pad it to";
    assertRefused(
        reason,
        List.of(
            "prune",
            "--model=" + model,
            "--out=" + folder.resolve("never"),
            "--calibration-text=" + demo.searchText(),
            "--sparsity=0.3",
            "--format=padded"));
    assertRefused(
        "--format: cannot read key selfpruner in ",
        List.of(
            "search",
            "--model=" + model,
            "--sparsity=0.3",
            "--format=padded",
            "--calibration-text=" + demo.searchText(),
            "--test-text=" + demo.testText()));
  }

  @Test
  void aPlanThatWasFoundOtherwiseIsPrunedWithAWarning() throws IOException {
    String layers =
        Collections.nCopies(8, "{\"queryHeads\": 7, \"neurons\": 99}").stream()
            .collect(Collectors.joining(",", "\"layers\": [", "]"));
    String method =
        "\"order\": \"BRAIN_SURGEON\", \"compensation\": {\"type\": \"least-squares\", \"damping\": 0.01}";
    String warning =
        "warning: the plan was found with the order brain-surgeon and a least-squares fit, which prune has not";
    Map<String, String> plans =
        Map.of(
            "{%s}".formatted(layers),
            "",
            "{%s, %s}".formatted(layers, method),
            warning,
            "{\"searchKey\": \"0\", \"plan\": {%s}, \"method\": {%s, \"space\": \"BLOCKS\"}}"
                .formatted(layers, method),
            warning,
            "{\"searchKey\": \"0\", \"plan\": {%s}}".formatted(layers),
            "");
    for (Map.Entry<String, String> each : plans.entrySet()) {
      Path plan = Files.writeString(folder.resolve("found.json"), each.getKey());
      Path out = Files.createTempDirectory(folder, "found");
      Captured pruned = Captured.run(prune("--plan=" + plan, out).toArray(String[]::new));
      assertThat(pruned.status()).as(pruned.err()).isZero();
      assertThat(pruned.err()).as(each.getKey()).contains(each.getValue());
      assertThat(pruned.err().contains("warning")).isEqualTo(!each.getValue().isEmpty());
    }
    Path other = Files.writeString(folder.resolve("other.json"), "{\"searchKey\": \"0\"}");
    assertRefused("is a report without a plan", prune("--plan=" + other));
    Path none = Files.writeString(folder.resolve("none.json"), "{\"order\": \"WANDA_SP\"}");
    assertRefused("a plan has layers: {", prune("--plan=" + none));
    String unknown = "{%s, \"orders\": 1}".formatted(layers);
    Path wrong = Files.writeString(folder.resolve("wrong.json"), unknown);
    assertRefused("Unrecognized field \"orders\"", prune("--plan=" + wrong));
  }

  private static List<String> prune(String option) {
    return prune(option, folder.resolve("never"));
  }

  private static List<String> prune(String option, Path out) {
    return List.of(
        "prune",
        "--model=" + demo.model(),
        "--out=" + out,
        "--calibration-text=" + demo.searchText(),
        "--calibration-windows=1",
        option);
  }

  private static void assertRefused(String message, List<String> arguments) {
    Captured refused = Captured.run(arguments.toArray(String[]::new));
    assertThat(refused.err()).contains("selfpruner: ").contains(message);
    assertThat(refused.err()).doesNotContain("Temporal", "calibrating:");
    assertThat(refused.status()).isEqualTo(ExitCodes.BAD_INPUT);
    assertThat(refused.out()).isEmpty();
  }
}
