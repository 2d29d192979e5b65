package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "search",
        "compare",
        "evaluate",
        "prune",
        "bench",
        "worker",
        "doctor",
        "ui",
        "train-demo",
        "inspect",
        "list",
        "watch",
        "pause",
        "resume",
        "stop",
        "extend",
        "inject",
        "gc"
      })
  void everyCommandHasHelpOnStandardOutput(String command) {
    Captured help = Captured.run(command, "--help");
    assertThat(help.status()).isZero();
    assertThat(help.out()).contains("Usage: selfpruner " + command).contains("--verbose");
    assertThat(help.err()).isEmpty();
  }

  @Test
  void benchMeasuresWhatElseASearchDoesWithALayer() {
    String[] asked = {
      "bench",
      "--model",
      "src/main/resources/dev/selfpruner/infra/demo",
      "--order",
      "--fit",
      "--windows",
      "2",
      "--sequence-length",
      "64",
      "--sparsities",
      "0.3",
      "--repeats",
      "1"
    };
    Captured table = Captured.run(asked);
    assertThat(table.status()).as(table.err()).isZero();
    assertThat(table.out()).contains("seconds (min..max)", "final fit at 30 % over 2 windows");

    Captured json =
        Captured.run(Stream.concat(Stream.of(asked), Stream.of("--json")).toArray(String[]::new));
    JsonNode rows = Json.read(json.out(), JsonNode.class).get("rows");
    assertThat(rows).hasSize(3).allMatch(row -> row.get("seconds").asDouble() > 0);
    assertThat(rows.get(0).get("what").asText()).startsWith("order of ");
    assertThat(rows.get(2).get("fileBytes").asLong()).isPositive();
  }

  @Test
  void listsItsCommandsWhenNothingIsAsked() {
    Captured help = Captured.run();
    assertThat(help.status()).isZero();
    assertThat(help.out())
        .contains("demo", "search", "evaluate", "prune", "worker", "SELFPRUNER_HOME");
  }

  @Test
  void namesAnUnknownOptionAndWhereHelpIs() {
    assertThat(Captured.run("evaluate", "--modle", "x", "--model", "m", "--text", "t"))
        .isEqualTo(
            new Captured(
                2,
                "",
                """
                selfpruner: Unknown options: '--modle', 'x'
                Options: selfpruner evaluate --help
                """));
  }

  @Test
  void aReplayHasNoDryRun() {
    Captured refused = Captured.run("search", "--replay", "search-0123456789abcdef", "--dry-run");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).startsWith("selfpruner: --dry-run says what a search takes, and ");
  }

  @Test
  void aReplayIsTheSearchThatItWasButForItsFormat() {
    Captured refused =
        Captured.run(
            "search", "--replay", "search-0123456789abcdef", "--format", "padded", "--seed", "1");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).startsWith("selfpruner: --replay").endsWith("leave out --seed\n");
  }

  @Test
  void namesMissingOptions() {
    assertThat(Captured.run("evaluate", "--model", "m").err())
        .startsWith("selfpruner: Missing required option: '--text=FILE'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-3", "many"})
  void refusesANumberOfWindowsThatIsNone(String windows) throws IOException {
    Captured refused =
        Captured.run("evaluate", "--model", "m", "--text", "t", "--windows", windows);
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).startsWith("selfpruner: ").contains("--windows").contains(windows);
  }

  @Test
  void saysWhichFileIsNotThere() {
    Path text = folder.resolve("text");
    assertThat(Captured.run("evaluate", "--model", "m", "--text", text.toString()))
        .isEqualTo(
            new Captured(
                2,
                "",
                "selfpruner: --text: %s is not there: give a file that can be read\n"
                    .formatted(text)));
  }

  @Test
  void saysWhatIsWrongWithAModel() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "a text");
    Captured refused =
        Captured.run("evaluate", "--model", folder.toString(), "--text", text.toString());
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains(folder.toRealPath() + "/config.json").hasLineCount(1);
  }

  @Test
  void takesRatesOrAPlanNotBoth() {
    assertThat(
            Captured.run(
                "prune",
                "--model",
                "m",
                "--out",
                "o",
                "--calibration-text",
                "t",
                "--plan",
                "p",
                "--rates",
                "r"))
        .isEqualTo(
            new Captured(
                2, "", "selfpruner: --rates and --plan exclude each other: give one of them\n"));
  }

  @Test
  void aPlanLeavesNoWidthsToRound() {
    assertThat(
            Captured.run(
                "prune", "--model", "m", "--out", "o", "--plan", "p", "--width-multiple", "8"))
        .isEqualTo(
            new Captured(
                2, "", "selfpruner: --plan says every width: leave --width-multiple out\n"));
  }

  @Test
  void doesNotWriteIntoADirectoryThatHoldsSomething() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "a text");
    assertThat(
            Captured.run(
                "prune",
                "--model",
                "m",
                "--sparsity",
                "0.3",
                "--calibration-text",
                text.toString(),
                "--out",
                folder.toString()))
        .isEqualTo(
            new Captured(
                2,
                "",
                "selfpruner: --out: %s exists already: name a new directory, or remove it\n"
                    .formatted(folder)));
  }

  @Test
  void saysThatThereIsNoSuchDeviceBeforeAnythingIsStarted() {
    assertThat(Captured.run("demo", "--devices", "gpu999").err())
        .matches("selfpruner: there is no gpu999: the PyTorch library sees \\d+ GPUs .*\n");
    assertThat(Captured.run("demo", "--stall-minutes", "0"))
        .isEqualTo(new Captured(2, "", "selfpruner: --stall-minutes is positive, not 0.0\n"));
  }

  @Test
  void saysThatNoServerAnswers() {
    Captured refused =
        Captured.run(
            "worker",
            "workflow",
            "--temporal-address",
            "127.0.0.1:1",
            "--store",
            folder.toString());
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err())
        .startsWith(
            "selfpruner: no Temporal server with the namespace default answers at 127.0.0.1:1")
        .hasLineCount(1);
  }

  @Test
  void aWorkerSaysWhatItsOptionsLack() {
    assertThat(Captured.run("worker", "workflow"))
        .isEqualTo(
            new Captured(
                2,
                "",
                "selfpruner: no Temporal server is named: give --temporal-address or TEMPORAL_ADDRESS\n"));
    String absent = folder.resolve("absent").toString();
    assertThat(
            Captured.run(
                "worker", "gpu", "--temporal-address", "127.0.0.1:1", "--model-roots", absent))
        .isEqualTo(
            new Captured(
                2,
                "",
                "selfpruner: --model-roots: there is no folder %s on this machine\n"
                    .formatted(absent)));
    assertThat(
            Captured.run(
                    "worker",
                    "llm",
                    "--temporal-address",
                    "127.0.0.1:1",
                    "--payload-key-file",
                    absent)
                .err())
        .startsWith("selfpruner: no keys for payloads can be read in " + absent);
  }

  @Test
  void aCodecServerIsNotStartedForEveryone() throws IOException {
    assertThat(Captured.run("codec-server").err())
        .startsWith("selfpruner: there are no keys to decrypt with");
    Path keys =
        Files.writeString(
            folder.resolve("keys"), "a " + Base64.getEncoder().encodeToString(new byte[32]));
    Captured everywhere =
        Captured.run("codec-server", "--payload-key-file", keys.toString(), "--host", "0.0.0.0");
    assertThat(everywhere.status()).isEqualTo(2);
    assertThat(everywhere.err())
        .contains("can be reached from elsewhere", "SELFPRUNER_CODEC_TOKEN");
    assertThat(
            Captured.run("codec-server", "--payload-key-file", keys.toString(), "--origin", "*")
                .err())
        .contains("an origin is http(s)://HOST");
  }

  @Test
  void theDoctorReportsAServerThatIsNotThereAndFails() {
    Captured problem =
        Captured.run(
            "doctor", "--json", "--temporal-address", "127.0.0.1:1", "--store", folder.toString());
    assertThat(problem.status()).isEqualTo(1);
    assertThat(problem.out()).hasLineCount(1);
    Map<String, String> statuses = new HashMap<>();
    for (JsonNode finding : Json.read(problem.out(), JsonNode.class).path("findings")) {
      statuses.put(finding.path("check").asText(), finding.path("status").asText());
    }
    assertThat(statuses)
        .containsEntry("temporal", "problem")
        .containsEntry("store", "ok")
        .containsEntry("cpu", "ok");
  }

  @Test
  void theDoctorRefusesOptionsThatContradictEachOther() {
    assertThat(Captured.run("doctor", "--store", "a", "--s3-bucket", "b").status()).isEqualTo(2);
    assertThat(Captured.run("doctor", "--temporal-cli", "a", "--temporal-address", "b").status())
        .isEqualTo(2);
  }
}
