package dev.selfpruner.infra.endtoend;

import dev.selfpruner.infra.demo.DemoFiles;
import dev.selfpruner.infra.demo.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A published search of seconds: the demo's model, windows of 64 tokens, and a population of four.
 */
final class DemoSearch {
  /** Evaluations that the search asks for: 4 + 3 x (2 + 2). */
  static final int EVALUATIONS = 16;

  /** Baselines and the best candidate, on the test text. */
  static final int MEASUREMENTS = 3;

  /** Mutations, or crossovers, of an iteration: they are measured together. */
  static final int TOGETHER = 2;

  private final Path home;
  private final DemoFiles demo;

  private DemoSearch(Path home, DemoFiles demo) {
    this.home = home;
    this.demo = demo;
  }

  static DemoSearch in(Path folder) throws IOException {
    Path home = Files.createDirectory(folder.resolve("a home")).toRealPath();
    return new DemoSearch(home, DemoModel.unpack(folder.toRealPath().resolve("demo")));
  }

  Path home() {
    return home;
  }

  DemoFiles demo() {
    return demo;
  }

  /** The search with a server inside its process. */
  CommandProcess startInJvm(String... more) throws IOException {
    return start(Map.of("SELFPRUNER_TEMPORAL", "test-server"), more);
  }

  CommandProcess start(Map<String, String> environment, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "search",
                "--preset",
                "small",
                "--model",
                demo.model().toString(),
                "--sparsity",
                "0.3",
                "--calibration-text",
                demo.searchText().toString(),
                "--calibration-windows",
                "8",
                "--test-text",
                demo.testText().toString(),
                "--test-windows",
                "8",
                "--search-windows",
                "8",
                "--sequence-length",
                "64",
                "--population",
                "4",
                "--iterations",
                "3",
                "--mutations",
                "2",
                "--crossovers",
                "2",
                "--json"));
    arguments.addAll(List.of(more));
    return CommandProcess.start(home, environment, arguments);
  }

  /** Another command with the search's home folder. */
  CommandProcess inspect(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("inspect"));
    all.addAll(List.of(arguments));
    return CommandProcess.start(home, Map.of(), all);
  }

  Journal journal() throws IOException {
    return Journal.of(home);
  }
}
