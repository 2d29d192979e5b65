package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.connection.Connection;
import dev.selfpruner.infra.embedded.TemporalChoice;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TemporalOptionsTest {
  private static final Map<String, String> NOTHING = Map.of();

  @Test
  void takesWhatIsThereWhenNothingIsSaid() {
    assertThat(parse().choice(NOTHING)).isEqualTo(new TemporalChoice.Automatic());
  }

  @Test
  void readsTheEnvironment() {
    assertThat(parse().choice(Map.of("SELFPRUNER_TEMPORAL", "test-server")))
        .isEqualTo(new TemporalChoice.InJvm());
    assertThat(parse().choice(Map.of("SELFPRUNER_TEMPORAL_CLI", "/bin/temporal")))
        .isEqualTo(new TemporalChoice.Executable(Path.of("/bin/temporal")));
  }

  @Test
  void letsOptionsOverrideTheEnvironment() {
    Map<String, String> environment = Map.of("SELFPRUNER_TEMPORAL", "test-server");
    assertRemote(parse("--temporal-address", "host:7233").choice(environment), "host:7233");
    assertThat(parse("--temporal-cli", "/bin/temporal").choice(environment))
        .isEqualTo(new TemporalChoice.Executable(Path.of("/bin/temporal")));
    assertThat(parse("--temporal", "auto").choice(environment))
        .isEqualTo(new TemporalChoice.Automatic());
  }

  @Test
  void refusesTwoServers() {
    assertThatThrownBy(
            () -> parse("--temporal-address", "a:1", "--temporal", "test-server").choice(NOTHING))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("give one of them");
  }

  @Test
  void refusesAKindThatThereIsNot() {
    assertThatThrownBy(() -> parse("--temporal", "cloud").choice(NOTHING))
        .hasMessage("--temporal is 'auto' or 'test-server', not 'cloud'");
    assertThatThrownBy(() -> parse().choice(Map.of("SELFPRUNER_TEMPORAL", "cloud")))
        .hasMessage("SELFPRUNER_TEMPORAL is 'auto' or 'test-server', not 'cloud'");
  }

  @Test
  void findsTheServerThatTheEnvironmentNames() {
    Map<String, String> environment =
        Map.of("TEMPORAL_ADDRESS", "cloud:7233", "SELFPRUNER_TEMPORAL_CLI", "/bin/temporal");
    assertRemote(parse().choice(environment), "cloud:7233");
    assertRemote(parse("--temporal-address", "host:7233").choice(environment), "host:7233");
    assertThat(parse().isRemote(environment)).isTrue();
    assertThat(parse("--temporal", "auto").choice(environment))
        .isEqualTo(new TemporalChoice.Automatic());
    assertThat(parse("--temporal-cli", "/bin/temporal").isRemote(environment)).isFalse();
    assertThat(
            parse()
                .choice(
                    Map.of("TEMPORAL_ADDRESS", "cloud:7233", "SELFPRUNER_TEMPORAL", "test-server")))
        .as("which says more")
        .isEqualTo(new TemporalChoice.InJvm());
  }

  @Test
  void refusesAProfileBesideAnotherServer() {
    assertThatThrownBy(
            () -> parse("--temporal-profile", "a", "--temporal-cli", "/bin/temporal").check())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("give one of them");
  }

  private static void assertRemote(TemporalChoice choice, String address) {
    Connection connection = ((TemporalChoice.Remote) choice).connection();
    assertThat(connection.address()).isEqualTo(address);
    assertThat(connection.namespace()).isEqualTo("default");
  }

  private static TemporalOptions parse(String... arguments) {
    TemporalOptions options = new TemporalOptions();
    new CommandLine(CommandLine.Model.CommandSpec.forAnnotatedObject(options)).parseArgs(arguments);
    return options;
  }
}
