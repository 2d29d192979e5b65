package dev.selfpruner.infra.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class NvidiaSmiTest {
  @TempDir private Path folder;

  @Test
  void isAbsentWhereThePathHasNone() {
    assertThat(ask(Duration.ofSeconds(20))).isEqualTo(new NvidiaSmi.Absent());
  }

  @Test
  void readsEveryGpu() throws IOException {
    script(
        """
        test "$*" = "--query-gpu=index,name,memory.total,memory.free,driver_version --format=csv,noheader,nounits" || exit 2
        echo '0, NVIDIA H100 80GB HBM3, 81559, 81000, 580.159.04'
        echo '1, NVIDIA GB10, [N/A], [N/A], 580.159.04'""");
    DriverVersion driver = DriverVersion.parse("580.159.4");
    assertThat(ask(Duration.ofSeconds(20)))
        .isEqualTo(
            new NvidiaSmi.Listed(
                List.of(
                    new Gpu(0, "NVIDIA H100 80GB HBM3", 81_559, 81_000, driver),
                    new Gpu(1, "NVIDIA GB10", 0, 0, driver))));
  }

  @Test
  void saysWhyThereIsNoList() throws IOException {
    script("echo 'NVIDIA-SMI has failed because it could not talk to the driver.'; exit 9");
    assertThat(ask(Duration.ofSeconds(20)))
        .isEqualTo(
            new NvidiaSmi.Failed(
                folder.resolve("nvidia-smi")
                    + " ends with status 9: NVIDIA-SMI has failed because it could not talk to the driver."));
  }

  @Test
  void repeatsWhatIsNoList() throws IOException {
    script("echo 'No devices were found'");
    assertThat(ask(Duration.ofSeconds(20)))
        .isEqualTo(
            new NvidiaSmi.Failed("nvidia-smi says what is no list of GPUs: No devices were found"));
  }

  @Test
  @Timeout(20)
  void aDriverThatHangsIsNotWaitedFor() throws IOException {
    script("sleep 60");
    assertThat(ask(Duration.ofSeconds(1)))
        .isEqualTo(new NvidiaSmi.Failed(folder.resolve("nvidia-smi") + " does not end within 1 s"));
  }

  private void script(String body) throws IOException {
    Scripts.write(folder, "nvidia-smi", "PATH=/usr/bin:/bin\n" + body);
  }

  private NvidiaSmi ask(Duration limit) {
    return NvidiaSmi.ask(Map.of("PATH", folder.toString()), limit);
  }
}
