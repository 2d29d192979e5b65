package dev.selfpruner.infra.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.infra.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeLockTest {
  @TempDir private Path folder;

  /** Holds the lock of the home folder that it is given until it is killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws Exception {
      HomeLock lock = HomeLock.acquire(Home.open(Path.of(arguments[0])));
      try (lock) {
        System.out.println("locked");
        Thread.sleep(60_000);
      }
    }
  }

  @Test
  void keepsASecondCommandOutAndIsFreeWhenTheFirstIsKilled() throws Exception {
    Process holder = start();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(output.readLine()).isEqualTo("locked");

      Home home = Home.open(folder);
      assertThatThrownBy(() -> HomeLock.acquire(home))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "another selfpruner (process %d) is using %s: wait for its end, stop it, or name another folder in SELFPRUNER_HOME",
              holder.pid(), folder.toRealPath());
      holder.destroyForcibly().waitFor();
      HomeLock.acquire(home).close();
    } finally {
      holder.destroyForcibly();
    }
  }

  @Test
  void saysThatAFolderCannotBeCreated() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> Home.open(file.resolve("home")))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("cannot create the home folder " + file.resolve("home"))
        .hasMessageEndingWith("name another one in SELFPRUNER_HOME");
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            folder.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
