package dev.selfpruner.infra.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The worker is a shell script that writes a line into a file at each start. */
@DisabledOnOs(OS.WINDOWS)
class GpuWorkerProcessTest {
  private static final Path LOG = Path.of("/a home/selfpruner.log");

  private final List<String> notes = new CopyOnWriteArrayList<>();

  @TempDir private Path folder;
  private Path starts;

  @BeforeEach
  void nameTheFile() {
    starts = folder.resolve("starts");
  }

  @Test
  void startsAWorkerThatStalledAgainUntilItLives() throws Exception {
    GpuWorkerProcess worker = start("[ $(wc -l <starts) -lt 3 ] && exit 75; cat", Lives.NONE);
    try (worker) {
      awaitStarts(3);
      worker.requireGoingOn();
    }
    assertThat(starts()).hasSize(3).allSatisfy(pid -> assertThat(isAlive(pid)).isFalse());
    assertThat(notes)
        .containsExactly(
            "The GPU worker ended with status 75, as a step of native code took too long (see /a home/selfpruner.log): starting it again.",
            "The GPU worker ended with status 75, as a step of native code took too long (see /a home/selfpruner.log): starting it again in 1 s.");
  }

  @Test
  void startsAWorkerThatWasKilledAgain() throws Exception {
    try (GpuWorkerProcess worker = start("cat", Lives.NONE)) {
      awaitStarts(1);
      ProcessHandle.of(starts().get(0)).orElseThrow().destroyForcibly();
      awaitStarts(2);
      worker.requireGoingOn();
    }
    assertThat(notes)
        .containsExactly(
            "The GPU worker ended with signal 9 (see /a home/selfpruner.log): starting it again.");
  }

  @Test
  void givesUpOnAWorkerThatNeverLives() throws Exception {
    try (GpuWorkerProcess worker = start("exit 1", new Lives(Lives.HOPELESS - 2, Duration.ZERO))) {
      awaitStarts(2);
      assertThat(givenUp(worker))
          .hasMessage(
              "the GPU worker ended 5 times in a row soon after its start, the last time with status 1");
      Thread.sleep(1_000); // for a start that must not be
    }
    assertThat(starts()).hasSize(2);
    assertThat(notes).hasSize(1);
  }

  @Test
  void killsAWorkerThatIgnoresSignalsWithoutAWord() throws Exception {
    try (GpuWorkerProcess worker =
        start("trap '' TERM INT; while true; do sleep 1; done", Lives.NONE)) {
      awaitStarts(1);
      worker.kill();
      assertThat(isAlive(starts().get(0))).isFalse();
    }
    assertThat(notes).isEmpty();
  }

  @Test
  void holdsTheInputOfTheWorkerOpen() throws Exception {
    try (GpuWorkerProcess worker = start("cat; exit 1", Lives.NONE)) {
      awaitStarts(1);
      System.gc();
      Thread.sleep(500);
      worker.requireGoingOn();
      assertThat(isAlive(starts().get(0))).isTrue();
    }
    assertThat(notes).isEmpty();
  }

  private static IllegalStateException givenUp(GpuWorkerProcess worker) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (System.nanoTime() < end) {
      try {
        worker.requireGoingOn();
      } catch (IllegalStateException e) {
        return e;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("it is not given up in time");
  }

  private GpuWorkerProcess start(String script, Lives before) {
    ProcessBuilder program =
        new ProcessBuilder("sh", "-c", "echo $$ >>starts; " + script)
            .directory(folder.toFile())
            .redirectErrorStream(true);
    return GpuWorkerProcess.start(program, LOG, notes::add, before);
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
  }

  private List<Long> starts() throws IOException {
    return Files.exists(starts)
        ? Files.readAllLines(starts).stream().map(Long::valueOf).toList()
        : List.of();
  }

  private void awaitStarts(int count) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (starts().size() < count) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(20);
    }
  }
}
