package dev.selfpruner.infra.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.selfpruner.infra.doctor.Finding.Status;
import dev.selfpruner.infra.doctor.TorchReport.DeviceReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the real library, in a real process. */
class TorchTrialTest {
  @TempDir private Path folder;

  @Test
  void computesWithTheLibraryThatComesWithUs() throws IOException {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.keySet().removeIf(name -> name.startsWith("PYTORCH_"));
    TorchTrial trial = TorchTrial.run(environment);
    assertThat(trial).isInstanceOf(TorchTrial.Loaded.class);
    TorchReport report = ((TorchTrial.Loaded) trial).report();
    assertThat(report.devices()).contains(new DeviceReport("cpu", true, "computes in float32"));
    assertThat(TorchChecks.look(trial, environment, Shipped.onClassPath()))
        .allMatch(finding -> finding.status() == Status.OK)
        .extracting(Finding::check)
        .startsWith("pytorch", "cpu");
  }

  @Test
  void aLibraryThatCannotBeLoadedIsAProblemAndNotTheEnd() throws IOException {
    Files.writeString(folder.resolve(System.mapLibraryName("torch")), "no library at all");
    Map<String, String> environment = new HashMap<>(System.getenv());
    Path here = Path.of("").toAbsolutePath();
    environment.put("PYTORCH_LIBRARY_PATH", here.relativize(folder).toString());
    environment.put("PYTORCH_FLAVOR", "cpu");
    TorchTrial trial = TorchTrial.run(environment);
    assertThat(trial).isInstanceOf(TorchTrial.Failed.class);
    Finding finding = TorchChecks.look(trial, environment, Shipped.onClassPath()).get(0);
    assertThat(finding.status()).isEqualTo(Status.PROBLEM);
    assertThat(finding.found())
        .startsWith("cannot be loaded: a process that loads it ends with status 1: ")
        .contains(folder.getFileName() + "/" + System.mapLibraryName("torch"));
    assertThat(finding.advice()).contains("unset PYTORCH_LIBRARY_PATH");
  }

  @Test
  void aCrashIsNamedByItsSignal() {
    assertThat(TorchTrial.failed(new Program.Outcome(134, "# a page of JVM state\n#\n", "")))
        .isEqualTo(new TorchTrial.Failed("it ends the process that loads it, by signal 6"));
  }

  @Test
  void advisesByWhatIsMissing() throws IOException {
    assertThat(advice("libcaffe2_nvrtc.so: libcuda.so.1: cannot open shared object file"))
        .startsWith("a library for CUDA needs NVIDIA's driver");
    assertThat(advice("libcudart.so.12: cannot open shared object file"))
        .startsWith("name the folder that has this file in LD_LIBRARY_PATH");
  }

  @Test
  void aDeviceThatComputesWrongIsAProblem() throws IOException {
    TorchReport report =
        new TorchReport(
            "0.35.1",
            "2.7.1",
            folder.toString(),
            1,
            List.of(new DeviceReport("gpu0", false, "a matrix product in float32 is off")));
    Shipped shipped = new Shipped("2.7.1", "0.35.1", "linux-x86_64", List.of("cpu"));
    assertThat(TorchChecks.look(new TorchTrial.Loaded(report), Map.of(), shipped))
        .extracting(Finding::check, Finding::status)
        .containsExactly(tuple("pytorch", Status.OK), tuple("gpu0", Status.PROBLEM));
  }

  private static String advice(String why) throws IOException {
    return TorchChecks.look(
            new TorchTrial.Failed(why),
            Map.of("PYTORCH_LIBRARY_PATH", "/torch/lib"),
            Shipped.onClassPath())
        .get(0)
        .advice();
  }
}
