package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the process that computes, while its command goes on. */
class KilledWorkerTest {
  @TempDir private Path folder;

  @Test
  void endsAsASearchWhoseWorkerLived() throws Exception {
    DemoSearch search = DemoSearch.in(Files.createDirectory(folder.resolve("disturbed")));
    CommandProcess command = search.startInJvm();
    KilledSearch.awaitAnEvaluationInTheMiddle(search, command);
    command.gpuWorker().destroyForcibly();

    DemoSearch undisturbed = DemoSearch.in(Files.createDirectory(folder.resolve("undisturbed")));
    JsonNode expected = undisturbed.startInJvm().result();
    JsonNode result = command.result();

    assertThat(command.errors())
        .containsOnlyOnce("The GPU worker ended with signal 9 (see ")
        .contains(
            "(see %s): starting it again.".formatted(search.home().resolve("selfpruner.log")));
    assertThat(found(result)).isEqualTo(found(expected));
    Journal journal = search.journal();
    assertThat(journal.processes()).isEqualTo(2);
    KilledSearch.assertNothingRepeated(journal);
    assertThat(undisturbed.journal().processes()).isEqualTo(1);
  }

  @Test
  void endsWithItsCommand() throws Exception {
    DemoSearch search = DemoSearch.in(folder);
    CommandProcess command = search.startInJvm();
    KilledSearch.awaitTheMiddle(search, command);
    ProcessHandle worker = command.gpuWorker();
    command.terminate();
    assertThat(worker.onExit().get(KilledSearch.SOON_SECONDS, TimeUnit.SECONDS).isAlive())
        .isFalse();
    assertThat(command.errors())
        .endsWith("Interrupted: give the same command again, and the search goes on.\n")
        .doesNotContain("GPU worker");
  }

  /** Without what it knew already, of before the kill, and without what depends on its folder. */
  private static JsonNode found(JsonNode result) {
    return ((ObjectNode) result.deepCopy())
        .remove(List.of("alreadyKnown", "model", "output", "searchKey", "texts"));
  }
}
