package dev.selfpruner.infra.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs Temporal's CLI: see {@link RealServers}. */
class DevelopmentServerTest {
  private static final int STEPS = 12;

  @TempDir private Path folder;
  private Path cli;
  private Path home;
  private Path steps;

  @BeforeEach
  void findTheCli() throws IOException {
    home = Files.createDirectory(folder.resolve("a home")).toRealPath();
    steps = folder.resolve("steps");
    cli = RealServers.temporalCli(); // last: what comes after a skipped test needs the rest
  }

  @AfterEach
  void stopWhatIsLeft() {
    server().forEach(ServerProcess::stop);
  }

  @Test
  void goesOnWithTheServerThatAKilledCommandLeftBehind() throws Exception {
    Process killed = start();
    await(() -> stepsDone().size() >= 3);
    killed.destroyForcibly().waitFor();
    List<ServerProcess> left = server();
    assertThat(left).hasSize(1);

    Process again = start();
    await(() -> stepsDone().size() >= 5);
    assertThat(server()).isEqualTo(left);

    assertFinished(again);
    assertThat(server()).isEmpty();
  }

  @Test
  void goesOnWhenCommandAndServerWereKilled() throws Exception {
    Process killed = start();
    await(() -> stepsDone().size() >= 3);
    killed.destroyForcibly().waitFor();
    server().get(0).handle().destroyForcibly();
    await(() -> server().isEmpty());

    assertFinished(start());
  }

  @Test
  void startsAServerAgainThatDiesWhileItIsUsed() throws Exception {
    Process running = start();
    await(() -> stepsDone().size() >= 3);
    server().get(0).handle().destroyForcibly();

    assertFinished(running);
  }

  private void assertFinished(Process process) throws Exception {
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("ends in time").isTrue();
    assertThat(Files.readString(folder.resolve("output"))).contains("result " + STEPS);
    assertThat(process.exitValue()).isZero();
    // A step that was under way at the kill may be there twice; none is missing or out of order.
    assertThat(stepsDone().stream().distinct())
        .containsExactlyElementsOf(IntStream.rangeClosed(1, STEPS).boxed().toList());
    assertThat(stepsDone()).hasSizeLessThanOrEqualTo(STEPS + 1).isSorted();
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            CountingMain.class.getName(),
            home.toString(),
            cli.toString(),
            steps.toString(),
            Integer.toString(STEPS))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("output").toFile()))
        .start();
  }

  private List<ServerProcess> server() {
    return ServerProcess.of(new Home(home).temporalDatabase()).stream().toList();
  }

  private List<Integer> stepsDone() {
    try {
      return Files.exists(steps)
          ? Files.readAllLines(steps).stream().map(Integer::valueOf).toList()
          : List.of();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(50);
    }
  }
}
