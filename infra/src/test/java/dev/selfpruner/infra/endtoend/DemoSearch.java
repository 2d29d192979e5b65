package dev.selfpruner.infra.endtoend;

import dev.selfpruner.infra.demo.DemoFiles;
import dev.selfpruner.infra.demo.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A search of seconds: the demo's model, windows of 64 tokens, and a small population. */
final class DemoSearch {
  /** Evaluations that the search asks for: 4 + 3 x (2 + 2). */
  static final int EVALUATIONS = 16;

  /** Baselines and the best candidate, on the test text. */
  static final int MEASUREMENTS = 3;

  /** Mutations, or crossovers, of an iteration: they are measured together. */
  static final int TOGETHER = 2;

  /** As published: population 4, then 3 x (2 + 2). */
  private static final String PUBLISHED =
      "--preset small --population 4 --iterations 3 --mutations 2 --crossovers 2"
          + " --calibration-windows 8 --search-windows 8 --test-windows 8";

  /** Two descents and two iterations of level switches; blocks are measured at a few sizes. */
  private static final String MEASURED =
      "--population 3 --iterations 4 --descents 2 --level-switches 6 --probe-levels 5"
          + " --probe-windows 4 --descent-windows 4 --stages 2:4,8:3 --final-dampings 1e-3,1e-2"
          + " --calibration-windows 32 --search-windows 16 --held-out-windows 4 --test-windows 32";

  private final Path home;
  private final DemoFiles demo;
  private final String method;

  private DemoSearch(Path home, DemoFiles demo, String method) {
    this.home = home;
    this.demo = demo;
    this.method = method;
  }

  static DemoSearch in(Path folder) throws IOException {
    return in(folder, PUBLISHED);
  }

  /** A search that measures single blocks first, and fits its best plan. */
  static DemoSearch measured(Path folder) throws IOException {
    return in(folder, MEASURED);
  }

  private static DemoSearch in(Path folder, String method) throws IOException {
    Path home = Files.createDirectory(folder.resolve("a home")).toRealPath();
    return new DemoSearch(home, DemoModel.unpack(folder.toRealPath().resolve("demo")), method);
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
                "--model",
                demo.model().toString(),
                "--calibration-text",
                demo.searchText().toString(),
                "--test-text",
                demo.testText().toString(),
                "--sequence-length",
                "64",
                "--json"));
    List<String> own = List.of(more);
    if (own.stream().noneMatch(option -> option.startsWith("--target"))) {
      arguments.addAll(List.of("--sparsity", "0.3"));
    }
    arguments.addAll(options(own));
    arguments.addAll(own);
    return CommandProcess.start(home, environment, arguments);
  }

  /** Its method, without what is given by itself. */
  private List<String> options(List<String> own) {
    List<String> options = new ArrayList<>();
    List<String> usual = List.of(method.split(" "));
    for (int i = 0; i < usual.size(); i += 2) {
      if (!own.contains(usual.get(i))) {
        options.addAll(usual.subList(i, i + 2));
      }
    }
    return options;
  }

  /** Another command with the search's home folder. */
  CommandProcess inspect(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("inspect"));
    all.addAll(List.of(arguments));
    return CommandProcess.start(home, Map.of(), all);
  }

  /** Perplexity of a model on the first windows of the text that the search reports. */
  double evaluate(String model, int windows) throws IOException, InterruptedException {
    return CommandProcess.start(
            home,
            Map.of(),
            List.of(
                "evaluate",
                "--model",
                model,
                "--text",
                demo.testText().toString(),
                "--sequence-length",
                "64",
                "--windows",
                Integer.toString(windows),
                "--json"))
        .result()
        .path("perplexity")
        .asDouble();
  }

  Journal journal() throws IOException {
    return Journal.of(home);
  }
}
