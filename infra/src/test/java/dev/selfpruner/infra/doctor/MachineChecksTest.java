package dev.selfpruner.infra.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.infra.doctor.Finding.Status;
import dev.selfpruner.infra.embedded.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineChecksTest {
  private static final Shipped SHIPPED =
      new Shipped("2.7.1", "0.35.1", "linux-x86_64", List.of("cpu", "cu128"));

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"16, 4096, PROBLEM", "17, 4096, OK", "25, 512, OK", "17, 511, NOTE"})
  void javaIs17OrNewerAndHasAHeap(int version, long heapMib, Status status) {
    assertThat(MachineChecks.java(version, "Java", heapMib << 20))
        .extracting(Finding::status)
        .containsExactly(status);
  }

  @Test
  void describesAMachineThatFits() {
    assertThat(MachineChecks.system(SHIPPED, "linux-x86_64", 8, 16 * Gibibytes.GIB))
        .containsExactly(Finding.ok("machine", "linux-x86_64, 8 cores, 16.0 GiB of memory"));
  }

  @Test
  void aBuildOfAnotherMachineIsAProblem() {
    Finding other = MachineChecks.system(SHIPPED, "osx-aarch64", 8, 16 * Gibibytes.GIB).get(0);
    assertThat(other.status()).isEqualTo(Status.PROBLEM);
    assertThat(other.found()).endsWith("this build has PyTorch for linux-x86_64");
  }

  @ParameterizedTest
  @CsvSource({
    "Linux,      amd64,   linux-x86_64",
    "Linux,      aarch64, linux-aarch64",
    "Mac OS X,   aarch64, osx-aarch64",
    "Windows 11, amd64,   win-x86_64"
  })
  void namesSystemsAsDjlDoes(String name, String architecture, String expected) {
    assertThat(MachineChecks.system(name, architecture)).isEqualTo(expected);
  }

  @Test
  void temporaryFilesCanBeWrittenOrTheFolderIsNamed() throws IOException {
    assertThat(MachineChecks.temporary(folder))
        .containsExactly(Finding.ok("temporary folder", folder.toString()));
    assertThat(folder).isEmptyDirectory();

    Path file = Files.createFile(folder.resolve("file"));
    Finding problem = MachineChecks.temporary(file).get(0);
    assertThat(problem.status()).isEqualTo(Status.PROBLEM);
    assertThat(problem.found()).startsWith("cannot write to " + file);
    assertThat(problem.advice()).contains("java.io.tmpdir");
  }

  @ParameterizedTest
  @CsvSource({"1023, PROBLEM", "1024, NOTE", "16383, NOTE", "16384, OK"})
  void aHomeFolderNeedsRoom(long freeMib, Status status) {
    Finding home = MachineChecks.home(new Home(folder), freeMib << 20).get(0);
    assertThat(home.status()).isEqualTo(status);
    assertThat(home.found()).startsWith(folder.toString());
  }

  @Test
  void aHomeFolderThatCannotBeMadeIsAProblem() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Check check =
        Checks.ofMachine(Map.of(), file.resolve("home")).stream()
            .filter(one -> one.name().equals("home folder"))
            .findFirst()
            .orElseThrow();
    assertThat(check.findings())
        .singleElement()
        .extracting(Finding::status)
        .isEqualTo(Status.PROBLEM);
  }

  @Test
  void knowsWhatComesWithIt() {
    Shipped shipped = Shipped.onClassPath();
    assertThat(shipped.pytorch()).isEqualTo("2.7.1");
    assertThat(shipped.djl()).isEqualTo("0.35.1");
    assertThat(shipped.flavors()).contains("cpu");
    assertThat(shipped.knowsCuda()).isEqualTo(shipped.classifier().equals("linux-x86_64"));
  }
}
