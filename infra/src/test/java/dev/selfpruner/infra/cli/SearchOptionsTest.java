package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.Mix;
import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.Probing;
import dev.selfpruner.activities.search.RemovalOrder;
import dev.selfpruner.activities.search.SearchSpace;
import dev.selfpruner.activities.search.Stage;
import dev.selfpruner.activities.search.Stopping;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SearchOptionsTest {
  private static final String[] LEAST = {
    "--model", "/m", "--sparsity", "0.3", "--calibration-text", "/c", "--test-text", "/t"
  };

  @TempDir private Path folder;

  @Test
  void isAsItWasByDefaultWithThePresetSmall() {
    assertThat(spec("--preset", "small"))
        .isEqualTo(
            new SearchSpec(
                "/m",
                0.3,
                1,
                Evolution.SMALL,
                new Generator.BuiltIn(),
                new Generator.BuiltIn(),
                LlmLimits.NONE,
                0,
                new TextWindows("/c", 1024, 0, 16, true),
                new TextWindows("/c", 1024, 16, 4, true),
                new TextWindows("/t", 1024, 0, TextWindows.ALL, true),
                new Objective.Perplexity(),
                false,
                1));
  }

  @Test
  void hasADefaultForAllButModelTextsAndSparsity() {
    assertThat(parse(LEAST).spec(new Anything(2048, Map.of("/c", 125 * 2048))))
        .isEqualTo(
            new SearchSpec(
                "/m",
                0.3,
                1,
                new Evolution(3, 40, 0, 0),
                new Generator.BuiltIn(),
                new Generator.BuiltIn(),
                LlmLimits.NONE,
                0,
                new TextWindows("/c", 2048, 0, 117, true),
                new TextWindows("/c", 2048, 0, 117, true),
                new TextWindows("/t", 2048, 0, TextWindows.ALL, true),
                new Objective.Perplexity(),
                false,
                List.of(
                    new Method(
                        SearchSpace.BLOCKS,
                        AttentionUnit.QUERY_HEAD,
                        RemovalOrder.BRAIN_SURGEON,
                        new Compensation.LeastSquares(3e-4),
                        List.of(3e-4, 3e-3, 3e-2),
                        new Probing(11, 8, 8, 0.08, 3),
                        new Mix(32, 10, 32, false),
                        List.of(new Stage(1, 8), new Stage(4, 3), new Stage(16, 3)),
                        List.of(new TextWindows("/c", 2048, 117, 8, true)))),
                Stopping.NEVER,
                List.of(),
                ModelFormat.COMPACT,
                1));
  }

  @Test
  void searchesApartFromCalibrationWhereTheTextIsLongEnough() {
    SearchSpec spec = parse(LEAST).spec(new Anything(2048, Map.of("/c", 200 * 2048)));

    assertThat(spec.calibrationText()).isEqualTo(new TextWindows("/c", 2048, 0, 128, true));
    assertThat(spec.searchText()).isEqualTo(new TextWindows("/c", 2048, 128, 64, true));
    assertThat(spec.method().get(0).heldOut())
        .containsExactly(new TextWindows("/c", 2048, 192, 8, true));
  }

  @Test
  void writesWhatOtherRuntimesLoadWhereAsked() throws IOException {
    SearchSpec padded = spec("--format", "padded");
    assertThat(padded).isEqualTo(spec().withFormat(ModelFormat.PADDED));
    assertThat(parse("--format", "padded").inItsFormat(spec())).isEqualTo(padded);
    assertThat(parse().inItsFormat(padded)).isEqualTo(padded);

    Path file = folder.resolve("format.json");
    Files.writeString(file, "{\"format\": \"padded\"}");
    assertThat(spec("--spec", file.toString())).isEqualTo(padded);
    assertThat(spec("--spec", file.toString(), "--format", "compact")).isEqualTo(spec());
    Files.writeString(file, "{\"format\": \"gguf\"}");
    assertThatThrownBy(() -> spec("--spec", file.toString()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("format.json: format: ");
  }

  @Test
  void keepsMultiplesWhereAsked() {
    assertThat(spec("--width-multiple", "8").widthMultiple()).isEqualTo(8);
    assertRefused(
        "the search: widthMultiple: widths are multiples of at least 1, not 0",
        with("--width-multiple", "0"));
  }

  @Test
  void searchesBehindTheWindowsThatCalibrationReads() {
    assertThat(
            spec(
                    "--preset", "small",
                    "--calibration-windows", "10",
                    "--calibration-sequence-length", "100",
                    "--sequence-length", "256")
                .searchText())
        .isEqualTo(new TextWindows("/c", 256, 4, 4, true)); // 1,000 tokens are 3.9 windows
  }

  @Test
  void searchesAnotherTextFromItsBeginning() {
    assertThat(spec("--search-text", "/s", "--search-windows", "7").searchText())
        .isEqualTo(new TextWindows("/s", 1024, 0, 7, true));
  }

  @Test
  void isThePapersSearchWithItsPreset() {
    SearchSpec paper = spec("--preset", "paper");
    assertThat(paper)
        .isEqualTo(
            new SearchSpec(
                "/m",
                0.3,
                1,
                new Evolution(30, 20, 10, 10),
                new Generator.BuiltIn(),
                new Generator.BuiltIn(),
                LlmLimits.NONE,
                0,
                new TextWindows("/c", 1024, 0, 16, true),
                new TextWindows("/t", 1024, 0, TextWindows.ALL, true),
                new TextWindows("/t", 1024, 0, TextWindows.ALL, true),
                new Objective.Perplexity(),
                false,
                1));
    assertThat(paper.evolution().evaluations()).isEqualTo(430);
  }

  @Test
  void searchesThePapersWholeTestTextThoughCalibrationReadsItToo() {
    SearchSpec paper = onTestText("--preset", "paper");
    assertThat(paper.searchText()).isEqualTo(new TextWindows("/t", 1024, 0, TextWindows.ALL, true));
    assertThat(SameText.note(paper))
        .contains("calibration text and test text are the same file: /t");
    assertThat(onTestText("--preset", "small").searchText())
        .isEqualTo(new TextWindows("/t", 1024, 16, 4, true));
    assertThat(SameText.note(spec())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2048, small, 2048", // LLaMA-1
    "2048, paper, 2048",
    "4096, small, 2048", // LLaMA-2
    "4096, paper, 4096",
    "131072, paper, 8192" // LLaMA-3.1
  })
  void readsThePapersTextInWindowsOfTheModelsContextWithinReason(
      int context, String preset, int window) {
    SearchSpec spec = parse(with("--preset", preset)).spec(new Anything(context));
    assertThat(spec.testText().sequenceLength()).isEqualTo(window);
    assertThat(spec.searchText().sequenceLength()).isEqualTo(window);
    assertThat(
            parse(with("--preset", preset, "--sequence-length", "512"))
                .spec(new Anything(context))
                .testText()
                .sequenceLength())
        .isEqualTo(512);
  }

  @Test
  void hasToBeToldThePapersWindowsWhereTheModelIsElsewhere() {
    assertThatThrownBy(() -> parse(with("--preset", "paper")).spec(new Anything(Integer.MAX_VALUE)))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "--preset paper: windows are as long as the model's context, which is not known here: give --sequence-length");
  }

  @Test
  void leavesAPartOutByOneOptionEach() {
    String[] llm = {"--llm-url", "http://localhost/v1", "--llm-model", "small"};
    SearchSpec all = spec(llm);
    SearchSpec random = spec(plus(llm, "--random-initialisation"));
    assertThat(random.initialisation()).isEqualTo(new Generator.Random());
    assertThat(random.generator()).isEqualTo(all.generator());
    assertThat(spec("--preset", "small", "--without-mutation").evolution())
        .isEqualTo(new Evolution(12, 10, 0, 4));
    assertThat(spec("--preset", "small", "--without-crossover").evolution())
        .isEqualTo(new Evolution(12, 10, 4, 0));
    assertThat(all.evolution()).isEqualTo(new Evolution(3, 40, 4, 4));
    assertThat(spec(plus(llm, "--without-mutation")).evolution())
        .isEqualTo(new Evolution(3, 40, 0, 4));
    assertThat(spec(plus(llm, "--built-in"))).isEqualTo(spec());
  }

  @Test
  void doesNotLeaveOutWhatIsAskedFor() {
    assertThat(spec("--without-mutation", "--mutations", "0").evolution().mutations()).isZero();
    assertRefused(
        "--without-mutation and --mutations 3 contradict each other: give one of them",
        with("--without-mutation", "--mutations", "3"));
    assertRefused(
        "--without-crossover and --crossovers 3 contradict each other: give one of them",
        with("--without-crossover", "--crossovers", "3"));
    assertRefused(
        "--demo brings its own model: leave --demo out, or /m (--model, or model in a spec)",
        with("--demo"));
  }

  @Test
  void asksAnLlm() {
    String[] llm = {"--llm-url", "http://localhost:8080/v1", "--llm-model", "small"};
    assertThat(spec(plus(llm, "--preset", "small")).generator())
        .isEqualTo(
            Generator.LargeLanguageModel.compatible(
                "http://localhost:8080/v1", "small", 1.0, 4096));
    SearchSpec measured = spec(llm);
    assertThat(measured.generator())
        .as("is told what was measured")
        .isInstanceOfSatisfying(
            Generator.LargeLanguageModel.class,
            informed -> assertThat(informed.prompt()).isEqualTo("informed"));
    assertThat(measured.method().get(0).mix()).isEqualTo(new Mix(24, 10, 32, true));
  }

  @Test
  void readsASpecAndLetsOptionsOverrideIt() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("spec.json"),
            """
            {
              "model": "/other",
              "sparsity": 0.5,
              "widthMultiple": 16,
              "seed": 7,
              "evolution": {"population": 6, "iterations": 3},
              "generator": {"type": "llm", "baseUrl": "http://a/v1", "model": "big", "temperature": 0.5},
              "searchText": {"path": "/s", "windows": 9},
              "calibrationText": {"path": "/c"},
              "testText": {"path": "/t"}
            }
            """);
    assertThat(
            parse(
                    "--spec",
                    file.toString(),
                    "--sparsity",
                    "0.2",
                    "--iterations",
                    "5",
                    "--llm-model",
                    "small",
                    "--no-bos",
                    "--preset",
                    "small")
                .spec(new Anything()))
        .isEqualTo(
            new SearchSpec(
                "/other",
                0.2,
                16,
                new Evolution(6, 5, 4, 4),
                Generator.LargeLanguageModel.compatible("http://a/v1", "small", 0.5, 4096),
                Generator.LargeLanguageModel.compatible("http://a/v1", "small", 0.5, 4096),
                LlmLimits.NONE,
                7,
                new TextWindows("/c", 1024, 0, 16, false),
                new TextWindows("/s", 1024, 0, 9, false),
                new TextWindows("/t", 1024, 0, TextWindows.ALL, false),
                new Objective.Perplexity(),
                false,
                1));
  }

  @Test
  void saysWhatIsMissing() {
    assertRefused("--model is missing (model in a spec)");
    assertRefused(
        "--sparsity is missing (sparsity in a spec)",
        LEAST[0],
        LEAST[1],
        "--calibration-text",
        "/c",
        "--test-text",
        "/t");
    assertRefused(
        "--test-text is missing (testText/path in a spec)",
        LEAST[0],
        LEAST[1],
        "--calibration-text",
        "/c");
  }

  @Test
  void saysWhichValueIsOutOfItsRange() {
    for (String none : List.of("0", "1", "1.5", "NaN")) {
      assertRefused(
          "the search: sparsity out of (0, 1): " + Double.valueOf(none),
          "--model",
          "/m",
          "--calibration-text",
          "/c",
          "--test-text",
          "/t",
          "--sparsity",
          none);
    }
    assertRefused(
        "the search: a window has at least 2 tokens, one to predict from and one to predict: 1",
        with("--sequence-length", "1"));
    assertRefused(
        "calibration reads the whole of /c, nothing is left to search on: give fewer --calibration-windows, or another --search-text",
        with("--calibration-windows", "all"));
  }

  @Test
  void saysWhatIsWrongInASpec() throws IOException {
    Path unknown = Files.writeString(folder.resolve("unknown.json"), "{\"sparsty\": 0.3}");
    assertThatThrownBy(() -> parse(with("--spec", unknown.toString())).spec(new Anything()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(unknown.toRealPath().toString())
        .hasMessageContaining("sparsty");
    Path text = Files.writeString(folder.resolve("text.json"), "sparsity: 0.3");
    assertThatThrownBy(() -> parse("--spec", text.toString()).spec(new Anything()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is not JSON");
  }

  /** Of a search that calibrates on its test text. */
  private static SearchSpec onTestText(String... more) {
    return parse(
            plus(
                new String[] {
                  "--model",
                  "/m",
                  "--sparsity",
                  "0.3",
                  "--calibration-text",
                  "/t",
                  "--test-text",
                  "/t"
                },
                more))
        .spec(new Anything());
  }

  private static void assertRefused(String message, String... options) {
    assertThatThrownBy(() -> parse(options).spec(new Anything()))
        .isInstanceOf(UserError.class)
        .hasMessage(message);
  }

  private static SearchSpec spec(String... more) {
    return parse(with(more)).spec(new Anything());
  }

  private static String[] with(String... more) {
    return plus(LEAST, more);
  }

  private static String[] plus(String[] options, String... more) {
    return Stream.concat(Stream.of(options), Stream.of(more)).toArray(String[]::new);
  }

  private static SearchOptions parse(String... arguments) {
    SearchOptions options = new SearchOptions();
    new CommandLine(CommandLine.Model.CommandSpec.forAnnotatedObject(options))
        .setOverwrittenOptionsAllowed(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(arguments);
    return options;
  }
}
