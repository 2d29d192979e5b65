package dev.selfpruner.infra.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.FailureTypes;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.search.LaunchActivities;
import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.activities.search.RunClaim;
import dev.selfpruner.activities.search.RunInputs;
import dev.selfpruner.gpu.activity.Locations;
import dev.selfpruner.gpu.activity.Roots;
import dev.selfpruner.infra.demo.DemoFiles;
import dev.selfpruner.infra.demo.DemoModel;
import dev.selfpruner.infra.testing.Specs;
import dev.selfpruner.llm.testing.CalledActivities;
import dev.selfpruner.workflows.SearchSpec;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class LaunchesTest {
  @TempDir private Path folder;
  private ArtifactStore store;
  private DemoFiles files;

  @BeforeEach
  void unpack() throws Exception {
    files = DemoModel.unpack(folder.toRealPath().resolve("demo"));
    store = ArtifactStores.directory(folder.resolve("store"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void completesTwoFieldsAsTheCommandLineDoes() {
    String input = "{\"model\": \"%s\", \"sparsity\": 0.3}".formatted(files.model());

    SearchSpec completed = Json.read(withTexts().complete(input), SearchSpec.class);

    assertThat(completed)
        .isEqualTo(
            commandLine(
                "--model",
                files.model().toString(),
                "--sparsity",
                "0.3",
                "--calibration-text",
                files.searchText().toString(),
                "--test-text",
                files.testText().toString()));
  }

  @Test
  void whatIsGivenGoesBeforeDefaults() {
    String input =
        "{\"model\": \"%s\", \"sparsity\": 0.3, \"preset\": \"small\", \"seed\": 5, \"format\": \"padded\", \"evolution\": {\"iterations\": 2}, \"searchText\": {\"sequenceLength\": 64, \"windows\": 4}}"
            .formatted(files.model());

    SearchSpec completed = Json.read(withTexts().complete(input), SearchSpec.class);

    assertThat(completed.method()).isEmpty();
    assertThat(completed.seed()).isEqualTo(5);
    assertThat(completed.format()).isEqualTo(ModelFormat.PADDED);
    assertThat(completed.evolution().iterations()).isEqualTo(2);
    assertThat(completed.evolution().population()).isEqualTo(12);
    assertThat(completed.testText().sequenceLength()).isEqualTo(64);
  }

  @Test
  void theDemoNeedsNothingElse() {
    SearchSpec completed = Json.read(withoutTexts().complete("{\"demo\": true}"), SearchSpec.class);

    assertThat(completed).isEqualTo(commandLine("--demo"));
  }

  @Test
  void aModelThatIsElsewhereIsLookedAtThere() {
    SearchSpec completed =
        Json.read(
            withTexts().complete("{\"model\": \"/elsewhere/model\", \"sparsity\": 0.3}"),
            SearchSpec.class);

    assertThat(completed.model()).isEqualTo("/elsewhere/model");
  }

  @Test
  void aMistakeNamesTheField() {
    String model = files.model().toString();
    assertRefused("{\"sparsity\": 0.3}", "model is missing");
    assertRefused("{\"model\": \"%s\"}".formatted(model), "sparsity is missing");
    assertRefused(
        "{\"model\": \"%s\", \"sparsity\": 1.5}".formatted(model), "sparsity out of (0, 1): 1.5");
    assertRefused("{\"model\": \"m\", \"sparsity\": 0.3}", "model: m is not absolute");
    assertRefused(
        "{\"model\": \"%s\", \"sparsity\": 0.3, \"preset\": \"huge\"}".formatted(model),
        "preset: \"huge\" is not one of measured, small, paper");
    assertRefused(
        "{\"model\": \"%s\", \"sparsity\": 0.3, \"testText\": {\"path\": \"/none\"}}"
            .formatted(model),
        "testText.path: /none is not there");
    assertRefused(
        "{\"model\": \"%s\", \"sparsity\": 0.3, \"method\": [{\"probing\": {\"windows\": 9000}}]}"
            .formatted(model),
        "method[0].probing.windows: 9,000 windows are more than");
    assertRefused(
        "{\"model\": \"%s\", \"sparsity\": 0.3, \"evolution\": {\"population\": 1}}"
            .formatted(model),
        "evolution: a search has a population of at least 2");
  }

  @Test
  void missingTextsSayWhichFieldOrWhichOptionOfAWorker() {
    String input = "{\"model\": \"%s\", \"sparsity\": 0.3}".formatted(files.model());

    assertThatThrownBy(() -> withoutTexts().complete(input))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("calibrationText.path is missing")
        .hasMessageContaining("--default-calibration-text FILE")
        .hasMessageContaining("SELFPRUNER_DEFAULT_CALIBRATION_TEXT");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"calibrationText\": {\"path\": \"%s\"}",
        "\"searchText\": {\"path\": \"%s\"}",
        "\"testText\": {\"path\": \"%s\"}",
        "\"method\": [{\"heldOut\": [{\"path\": \"%s\", \"windows\": 1}]}]"
      })
  void noTextIsReadOutsideOfTheRoots(String field) throws Exception {
    Path outside = Files.writeString(folder.resolve("outside"), "not for those who start searches");
    Locations locations =
        new Locations(
            Roots.anywhere(),
            Roots.below("--text-roots", List.of(files.testText().getParent().toRealPath())));
    String input =
        "{\"model\": \"%s\", \"sparsity\": 0.3, %s}"
            .formatted(files.model(), field.formatted(outside));

    assertThatThrownBy(() -> called(texts(), locations).complete(input))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("this worker reads nothing outside of")
        .hasMessageContaining(outside + " is not below");
  }

  @Test
  void aDamagedClaimEndsTheSearchAndAStoreThatIsAwayIsWaitedFor() throws IOException {
    SearchSpec spec = Specs.builtIn();
    RunClaim claim = new RunClaim(Json.write(spec), "", new RunInputs("", "calibration", "model"));
    assertThat(withTexts().claim(claim)).isEqualTo(spec.run());
    IndexKey key = RunInputs.indexKey(spec.key());
    Path entry = folder.resolve("store/index/%s/%s.json".formatted(key.kind(), key.digest()));
    Path blob = Path.of(URI.create(store.find(key).orElseThrow().uri()));

    Files.writeString(blob, "{}");
    assertClaimFails(claim, FailureTypes.CORRUPT, true, blob.toString());
    Files.delete(blob);
    assertClaimFails(claim, FailureTypes.CORRUPT, true, "which is gone");
    Files.delete(entry);
    store.index(key, store.put("[]".getBytes(UTF_8)));
    assertClaimFails(claim, FailureTypes.CORRUPT, true, "not a valid RunInputs");

    Files.move(folder.resolve("store"), folder.resolve("not mounted"));
    assertClaimFails(claim, "ArtifactStoreUnavailable", false, "mount its file system");
    Files.move(folder.resolve("not mounted"), folder.resolve("store"));
    Files.delete(entry);
    assertThat(withTexts().claim(claim)).isEqualTo(spec.run());
  }

  private void assertClaimFails(RunClaim claim, String type, boolean isFinal, String said) {
    assertThatThrownBy(() -> withTexts().claim(claim))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getOriginalMessage()).contains(said);
              assertThat(failure.getType()).isEqualTo(type);
              assertThat(failure.isNonRetryable()).isEqualTo(isFinal);
            });
  }

  private void assertRefused(String input, String reason) {
    assertThatThrownBy(() -> withTexts().complete(input))
        .as(input)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getOriginalMessage()).startsWith(reason);
              assertThat(failure.isNonRetryable()).isTrue();
              assertThat(failure.getType()).isEqualTo(LaunchActivities.INVALID_INPUT);
            });
  }

  private LaunchActivities withTexts() {
    return called(texts(), Locations.ANYWHERE);
  }

  private LaunchActivities withoutTexts() {
    return called(DefaultTexts.of(Map.of()), Locations.ANYWHERE);
  }

  private DefaultTexts texts() {
    return DefaultTexts.of(
        Map.of(
            DefaultTexts.CALIBRATION_VARIABLE,
            files.searchText().toString(),
            DefaultTexts.TEST_VARIABLE,
            files.testText().toString()));
  }

  private LaunchActivities called(DefaultTexts texts, Locations locations) {
    return CalledActivities.of(LaunchActivities.class, new Launches(store, texts, locations));
  }

  private static SearchSpec commandLine(String... arguments) {
    SearchOptions options = new SearchOptions();
    new CommandLine(options).parseArgs(arguments);
    try (LocalChecks checks = LocalChecks.ofFiles()) {
      return options.spec(checks);
    }
  }
}
