package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.worker.WorkerVersion;
import io.temporal.common.VersioningBehavior;
import io.temporal.common.WorkerDeploymentVersion;
import io.temporal.worker.WorkerOptions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class VersionOptionsTest {
  private static final Map<String, String> NOTHING = Map.of();
  private static final Map<String, String> CONTROLLER =
      Map.of("TEMPORAL_DEPLOYMENT_NAME", "ns/pruning", "TEMPORAL_WORKER_BUILD_ID", "a1b2-77");
  private static final Optional<String> RELEASE = Optional.of("1.4.0");

  @Test
  void workersHaveNoVersionWhereNobodyGivesThemOne() {
    assertThat(parse().version(NOTHING, RELEASE)).isEqualTo(WorkerVersion.UNTOLD);
    assertThat(parse().version(Map.of("TEMPORAL_DEPLOYMENT_NAME", " "), RELEASE))
        .as("as a compose file sets what is not set")
        .isEqualTo(WorkerVersion.UNTOLD);
    assertThat(WorkerVersion.UNTOLD.toldIn(WorkerOptions.newBuilder()).getDeploymentOptions())
        .isNull();
  }

  @Test
  void aNameAloneIsTheReleasesVersion() {
    assertThat(parse("--deployment-name", "pruning").version(NOTHING, RELEASE))
        .isEqualTo(new WorkerVersion.Told("pruning", "1.4.0"))
        .hasToString("pruning:1.4.0");
  }

  @Test
  void optionsComeBeforeWhatTemporalsControllerSets() {
    assertThat(parse().version(CONTROLLER, RELEASE))
        .isEqualTo(new WorkerVersion.Told("ns/pruning", "a1b2-77"));
    assertThat(parse("--build-id", "mine").version(CONTROLLER, RELEASE))
        .isEqualTo(new WorkerVersion.Told("ns/pruning", "mine"));
    assertThat(parse("--deployment-name", "mine").version(CONTROLLER, RELEASE))
        .isEqualTo(new WorkerVersion.Told("mine", "a1b2-77"));
  }

  @Test
  void aBuildOfNoDeploymentIsRefused() {
    assertThatThrownBy(() -> parse("--build-id", "2").version(NOTHING, RELEASE))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "--build-id is given, but not of which deployment: give --deployment-name or TEMPORAL_DEPLOYMENT_NAME, too");
    assertThatThrownBy(
            () -> parse().version(Map.of("TEMPORAL_WORKER_BUILD_ID", "2"), Optional.empty()))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("TEMPORAL_WORKER_BUILD_ID is given, but not of which deployment");
  }

  @Test
  void whatIsNoReleaseHasToSayWhatItIs() {
    assertThatThrownBy(
            () -> parse("--deployment-name", "a").version(NOTHING, Optional.of("0.1.0-SNAPSHOT")))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("this program is no release (0.1.0-SNAPSHOT): give --build-id");
    assertThatThrownBy(() -> parse("--deployment-name", "a").version(NOTHING, Optional.empty()))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("this program is no release: give --build-id");
  }

  @ParameterizedTest
  @CsvSource({"a.b, 1", "a:b, 1", "__a, 1", "a b, 1", "a, 1:2", "a, __1", "a, $(id)"})
  void whatNoServerTakesIsRefused(String deployment, String build) {
    assertThatThrownBy(
            () ->
                parse("--deployment-name", deployment, "--build-id", build)
                    .version(NOTHING, RELEASE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("correct --deployment-name and --build-id");
  }

  @Test
  void workersOfAVersionPinTheirSearches() {
    var told =
        new WorkerVersion.Told("pruning", "1.4.0")
            .toldIn(WorkerOptions.newBuilder())
            .getDeploymentOptions();

    assertThat(told.isUsingVersioning()).isTrue();
    assertThat(told.getVersion()).isEqualTo(new WorkerDeploymentVersion("pruning", "1.4.0"));
    assertThat(told.getDefaultVersioningBehavior()).isEqualTo(VersioningBehavior.PINNED);
  }

  private static VersionOptions parse(String... arguments) {
    VersionOptions options = new VersionOptions();
    CommandLine.ParseResult unused = new CommandLine(options).parseArgs(arguments);
    return options;
  }
}
