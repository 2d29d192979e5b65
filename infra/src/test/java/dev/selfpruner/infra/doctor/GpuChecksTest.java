package dev.selfpruner.infra.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.selfpruner.infra.doctor.Finding.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GpuChecksTest {
  private static final Shipped LINUX =
      new Shipped("2.7.1", "0.35.1", "linux-x86_64", List.of("cpu", "cu128"));
  private static final Shipped ARM =
      new Shipped("2.7.1", "0.35.1", "linux-aarch64", List.of("cpu"));
  private static final Map<String, String> NOTHING = Map.of();

  @TempDir private Path folder;

  @Test
  void aMachineWithoutAGpuIsFine() {
    assertThat(GpuChecks.look(new NvidiaSmi.Absent(), sees(0), NOTHING, LINUX))
        .extracting(Finding::status, Finding::found)
        .containsExactly(tuple(Status.NOTE, "none: nvidia-smi is not on the PATH"));
  }

  @Test
  void explainsHowToUseAGpuThatTheCpuLibraryDoesNotSee() {
    Finding gpus = GpuChecks.look(listed("580.1"), sees(0), NOTHING, LINUX).get(0);
    assertThat(gpus.status()).isEqualTo(Status.NOTE);
    assertThat(gpus.found())
        .isEqualTo(
            "0: NVIDIA L4 (22.5 GiB, 22.0 GiB free); PyTorch sees 0, since it is the CPU library");
    assertThat(gpus.advice())
        .contains(
            "pip install torch==2.7.1",
            "PYTORCH_LIBRARY_PATH=$site/torch/lib PYTORCH_VERSION=2.7.1 PYTORCH_FLAVOR=cu128",
            "LD_LIBRARY_PATH=",
            "we have not run it on a GPU");
  }

  @Test
  void whoAskedForAGpuAndDoesNotGetItHasAProblem() {
    assertThat(
            GpuChecks.look(listed("580.1"), sees(0), Map.of("PYTORCH_FLAVOR", "cu128"), LINUX)
                .get(0)
                .status())
        .isEqualTo(Status.PROBLEM);
  }

  @Test
  void doesNotAdviseWhatThereIsNotForAnArchitecture() {
    assertThat(GpuChecks.look(listed("580.1"), sees(0), NOTHING, ARM).get(0).advice())
        .isEqualTo(
            "GPUs are used on Linux on x86_64 only: DJL has no native interface for CUDA on linux-aarch64");
  }

  @Test
  void aCudaLibraryThatSeesNoGpuIsAProblemUnlessThatWasAskedFor() throws IOException {
    Files.createFile(folder.resolve("libtorch_cuda.so"));
    assertThat(GpuChecks.look(listed("580.1"), sees(0), NOTHING, LINUX).get(0).status())
        .isEqualTo(Status.PROBLEM);
    Finding hidden =
        GpuChecks.look(listed("580.1"), sees(0), Map.of("CUDA_VISIBLE_DEVICES", "-1"), LINUX)
            .get(0);
    assertThat(hidden.status()).isEqualTo(Status.NOTE);
    assertThat(hidden.found()).endsWith("PyTorch sees 0, since CUDA_VISIBLE_DEVICES is '-1'");
    assertThat(GpuChecks.look(listed("580.1"), sees(1), NOTHING, LINUX))
        .extracting(Finding::status)
        .containsExactly(Status.OK, Status.OK);
  }

  @Test
  void aDriverThatGivesNoListIsAProblem() {
    assertThat(GpuChecks.look(new NvidiaSmi.Failed("it hangs"), sees(0), NOTHING, LINUX))
        .extracting(Finding::status, Finding::found)
        .containsExactly(tuple(Status.PROBLEM, "it hangs"));
  }

  @ParameterizedTest
  @CsvSource({
    "525.60.12,  PROBLEM",
    "525.60.13,  NOTE",
    "570.25.99,  NOTE",
    "570.26,     OK",
    "570.124.06, OK",
    "1000.1,     OK"
  })
  void judgesTheDriverByItsNumbers(String version, Status status) throws IOException {
    Files.createFile(folder.resolve("libtorch_cuda.so"));
    Finding driver = GpuChecks.look(listed(version), sees(1), NOTHING, LINUX).get(1);
    assertThat(driver.status()).isEqualTo(status);
    assertThat(driver.found()).containsAnyOf("525.60.13 or newer", "570.26 or newer");
  }

  @Test
  void anOldDriverIsNoProblemWhereTheCpuComputes() {
    assertThat(GpuChecks.look(listed("390.10"), sees(0), NOTHING, LINUX).get(1).status())
        .isEqualTo(Status.NOTE);
  }

  private TorchTrial sees(int gpus) {
    return new TorchTrial.Loaded(
        new TorchReport("0.35.1", "2.7.1", folder.toString(), gpus, List.of()));
  }

  private static NvidiaSmi listed(String driver) {
    return new NvidiaSmi.Listed(
        List.of(new Gpu(0, "NVIDIA L4", 23_034, 22_500, DriverVersion.parse(driver))));
  }
}
