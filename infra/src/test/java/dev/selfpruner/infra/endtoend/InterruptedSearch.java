package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.gpu.activity.EvaluationJournal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for a search that is killed, whichever server it runs on. */
abstract class InterruptedSearch {
  private static final int BEFORE_THE_KILL = 9;

  @TempDir private Path folder;

  /** Says which Temporal server the command brings up. */
  abstract Map<String, String> server();

  @Test
  void goesOnAfterKillNineAndRunsNoFinishedEvaluationAgain() throws Exception {
    JsonNode result = resultAfter(CommandProcess::kill);

    Set<String> finished = new HashSet<>();
    for (EvaluationJournal.Line line : CommandProcess.journal(home())) {
      switch (line.event()) {
        case START -> assertThat(finished).doesNotContain(line.key());
        case END -> finished.add(line.key());
      }
    }
    assertThat(finished.size()).isGreaterThan(BEFORE_THE_KILL);
    assertThat(result.get("evaluations").asInt()).isEqualTo(DemoSearch.EVALUATIONS);
    assertThat(result.get("searched").asDouble()).isLessThan(result.get("uniform").asDouble());
    assertThat(Path.of(result.get("output").asText()).resolve("model.safetensors")).exists();
    assertTheFinishedResultIsPrinted(result);
  }

  /** A way to end a command. */
  @FunctionalInterface
  interface Kill {
    void kill(CommandProcess process) throws InterruptedException;
  }

  final JsonNode resultAfter(Kill kill) throws IOException, InterruptedException {
    CommandProcess first = search();
    first.awaitFinishedEvaluations(BEFORE_THE_KILL);
    kill.kill(first);
    return search().result();
  }

  private void assertTheFinishedResultIsPrinted(JsonNode result)
      throws IOException, InterruptedException {
    int lines = CommandProcess.journal(home()).size();
    assertThat(search().result()).isEqualTo(result);
    assertThat(CommandProcess.journal(home())).hasSize(lines);
  }

  private CommandProcess search() throws IOException {
    List<String> arguments = DemoSearch.arguments(folder);
    return CommandProcess.start(home(), server(), arguments);
  }

  private Path home() {
    return folder.resolve("home");
  }
}
