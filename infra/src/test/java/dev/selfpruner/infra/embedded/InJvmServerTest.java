package dev.selfpruner.infra.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.infra.connection.Connection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InJvmServerTest {
  @TempDir private Path folder;

  @Test
  void runsAWorkflowInRealTimeAndSaysWhatIsLost() throws Exception {
    List<String> notes = new ArrayList<>();
    Path steps = folder.resolve("steps");
    long began = System.nanoTime();
    try (TemporalServer server =
        new TemporalServers(Home.open(folder.resolve("home")), notes::add)
            .open(new TemporalChoice.InJvm())) {
      assertThat(CountingMain.count(server, steps, 3)).isEqualTo(3);
      assertThat(server.remembers()).isFalse();
      assertThat(server.webInterface()).isEmpty();
      RemoteServer.connect(Connection.plain(server.target(), server.namespace())).close();
    }
    assertThat(System.nanoTime() - began).isGreaterThan(900_000_000L);
    assertThat(Files.readAllLines(steps)).containsExactly("1", "2", "3");
    assertThat(notes)
        .containsExactly(
            "Temporal inside this process: no web interface, and no history after its end (a search goes on from its store)");
  }
}
