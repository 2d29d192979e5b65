package dev.selfpruner.infra.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.infra.connection.Connection;
import dev.selfpruner.infra.doctor.Finding.Status;
import dev.selfpruner.infra.embedded.TemporalChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporalChecksTest {
  private static final String VERSION = "temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)";

  @TempDir private Path folder;
  @TempDir private Path home;

  @Test
  void findsTheCliOnThePath() throws IOException {
    Path cli = temporal(folder, "test \"$*\" = --version && echo '%s'".formatted(VERSION));
    assertThat(look(new TemporalChoice.Automatic()))
        .isEqualTo(Finding.ok("temporal", cli + ", " + VERSION));
  }

  @Test
  void findsTheCliThatWasDownloaded() throws IOException {
    Path downloads = Files.createDirectories(home.resolve("temporal-cli").resolve("1.9.1"));
    Path cli = temporal(downloads, "echo '%s'".formatted(VERSION));
    assertThat(look(new TemporalChoice.Automatic()))
        .isEqualTo(Finding.ok("temporal", cli + ", " + VERSION));
  }

  @Test
  void notesWhatHappensWithoutACli() {
    Finding none = look(new TemporalChoice.Automatic());
    assertThat(none.status()).isEqualTo(Status.NOTE);
    assertThat(none.found()).startsWith("no CLI on the PATH: a command downloads it");
  }

  @Test
  void aNamedCliThatIsNoneIsAProblem() throws IOException {
    Path absent = folder.resolve("absent");
    assertThat(look(new TemporalChoice.Executable(absent)).found())
        .isEqualTo("no program at " + absent);
    Path other = Scripts.write(folder, "other", "echo 'unknown flag' >&2; exit 1");
    Finding finding = look(new TemporalChoice.Executable(other));
    assertThat(finding.status()).isEqualTo(Status.PROBLEM);
    assertThat(finding.found()).isEqualTo(other + " --version ends with status 1: unknown flag");
  }

  @Test
  void notesThatTheServerInsideTheProcessForgets() {
    assertThat(look(new TemporalChoice.InJvm()).status()).isEqualTo(Status.NOTE);
  }

  @Test
  void aServerThatDoesNotAnswerIsAProblem() {
    Finding finding = look(new TemporalChoice.Remote(Connection.plain("127.0.0.1:1", "default")));
    assertThat(finding.status()).isEqualTo(Status.PROBLEM);
    assertThat(finding.found())
        .startsWith("no Temporal server with the namespace default answers at 127.0.0.1:1");
  }

  private static Path temporal(Path where, String body) throws IOException {
    return Scripts.write(where, "temporal", body);
  }

  private Finding look(TemporalChoice choice) {
    return TemporalChecks.look(choice, Map.of("PATH", folder.toString()), home).get(0);
  }
}
