package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused before a server is looked for. */
class SteeringCommandsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          extend search-1                            | say what to add: --iterations, --max-tokens,
          extend search-1 --iterations -3            | an extension adds: -3 iterations
          extend search-1 --max-tokens +many         | 'many' is no number from 1 on
          extend search-1 --max-time +soon           | 'soon' is no time from a second on
          extend search-1 --max-cost NaN             | an extension adds: 0 iterations
          inject search-1                            | say what to add: give --rates or --plan
          inject search-1 --rates 0.1,0.2 --plan p   | say what to add: give --rates or --plan
          inject search-1 --rates 0.1,1.5            | --rates: layer rate out of [0, 1): 1.5
          inject search-1 --rates 0.1,0..2           | --rates: multiple points
          inject search-1 --rates not/there          | is not there: give a file that can be read
          list --limit 0                             | --limit is at least 1, not 0
          pause                                      | Missing required parameter: 'ID'
          """)
  void refuses(String command, String reason) {
    Captured refused = Captured.run(command.strip().split(" +"));
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).startsWith("selfpruner: ").contains(reason);
    assertThat(refused.out()).isEmpty();
  }

  @Test
  void saysWhatIsWrongWithAFile() throws IOException {
    Path plan = Files.writeString(folder.resolve("plan.json"), "{\"layers\": []}");
    assertThat(Captured.run("inject", "search-1", "--plan", plan.toString()).err())
        .startsWith("selfpruner: --plan: " + plan.toRealPath() + ": ");
  }

  @Test
  void saysThatTheNamedServerIsNotThere() {
    Captured refused = Captured.run("resume", "search-1", "--temporal-address", "127.0.0.1:1");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains("no Temporal server with the namespace default answers at");
  }
}
