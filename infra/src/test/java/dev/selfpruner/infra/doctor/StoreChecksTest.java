package dev.selfpruner.infra.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.artifact.StoreLocation;
import dev.selfpruner.infra.doctor.Finding.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreChecksTest {
  @TempDir private Path folder;

  @Test
  void writesAndReadsBackAndLeavesOneArtifactHoweverOften() {
    Path store = folder.resolve("store");
    Finding written = Finding.ok("store", store + ": written and read back");
    assertThat(look(store)).containsExactly(written);
    long files = files(store);
    assertThat(look(store)).containsExactly(written);
    assertThat(files(store)).isEqualTo(files).isPositive();
  }

  @Test
  void aStoreThatCannotBeIsAProblem() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Finding finding = look(file).get(0);
    assertThat(finding.status()).isEqualTo(Status.PROBLEM);
    assertThat(finding.found()).contains(file.toString());
  }

  private static List<Finding> look(Path store) {
    return Checks.store(new StoreLocation.Directory(store.toString())).findings();
  }

  private static long files(Path store) {
    try (Stream<Path> files = Files.walk(store)) {
      return files.filter(Files::isRegularFile).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
