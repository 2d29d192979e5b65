package dev.selfpruner.infra.endtoend;

import dev.selfpruner.infra.demo.DemoFiles;
import dev.selfpruner.infra.demo.DemoModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A search on the demo model that takes seconds. */
final class DemoSearch {
  static final int POPULATION = 6;
  static final int ITERATIONS = 3;
  static final int OFFSPRING = 2 + 2;
  static final int EVALUATIONS = POPULATION + ITERATIONS * OFFSPRING;

  private DemoSearch() {}

  static List<String> arguments(Path folder, String... more) throws IOException {
    DemoFiles demo = DemoModel.unpack(folder.resolve("demo"));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "search",
                "--json",
                "--model",
                demo.model().toString(),
                "--sparsity",
                "0.3",
                "--calibration-text",
                demo.searchText().toString(),
                "--test-text",
                demo.testText().toString(),
                "--sequence-length",
                "256",
                "--calibration-windows",
                "8",
                "--search-windows",
                "8",
                "--test-windows",
                "8",
                "--population",
                Integer.toString(POPULATION),
                "--iterations",
                Integer.toString(ITERATIONS),
                "--mutations",
                "2",
                "--crossovers",
                "2"));
    Stream.of(more).forEach(arguments::add);
    return arguments;
  }
}
