package dev.selfpruner.infra.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.infra.Main;
import dev.selfpruner.infra.embedded.Home;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SameProgramTest {
  @TempDir private Path folder;

  @Test
  void repeatsWhatASecondProcessCanHave() {
    assertThat(
            SameProgram.repeated(
                List.of(
                    "-Duser.home=/home/a b",
                    "-Xmx8g",
                    "-agentlib:jdwp=transport=dt_socket,server=y,address=5005",
                    "-Dcom.sun.management.jmxremote.port=7091",
                    "-Dselfpruner.columns=120",
                    "--add-opens=java.base/java.lang=ALL-UNNAMED",
                    "-Dai.djl.pytorch.num_threads=1")))
        .containsExactly(
            "-Duser.home=/home/a b",
            "-Xmx8g",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "-Dai.djl.pytorch.num_threads=1");
  }

  @Test
  void startsThisJavaAndThisClassPathInThatHome() {
    ProcessBuilder program = SameProgram.with(new Home(folder), List.of("worker", "gpu"));
    assertThat(program.command())
        .startsWith(ProcessHandle.current().info().command().orElseThrow())
        .endsWith(
            "-cp", System.getProperty("java.class.path"), Main.class.getName(), "worker", "gpu");
    assertThat(program.environment())
        .containsEntry("SELFPRUNER_HOME", folder.toString())
        .doesNotContainKeys("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS");
  }
}
