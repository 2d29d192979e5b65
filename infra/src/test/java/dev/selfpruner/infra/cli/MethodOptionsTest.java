package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.Mix;
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

/** Texts of 2,048 tokens a window: {@code /c} has 100 windows, {@code /s} 20, {@code /h} 5. */
class MethodOptionsTest {
  private static final Map<String, Integer> TOKENS =
      Map.of("/c", 100 * 2048, "/s", 20 * 2048 + 5, "/h", 5 * 2048);

  @TempDir private Path folder;

  @Test
  void takesAllThatIsSaid() {
    SearchSpec spec =
        spec(
            "--space layers --attention-unit head-of-every-group --order wanda-sp"
                + " --reconstruction sequential --damping 0.01 --final-dampings 1e-3,0.1"
                + " --probe-levels 5 --probe-windows 3 --descents 4 --descent-windows 2"
                + " --descent-step 0.2 --far-descents 1 --level-switches 6 --adaptive --stages 2:6,10:5"
                + " --held-out-windows 7 --iterations 9 --mutations 2");
    assertThat(spec.evolution()).isEqualTo(new Evolution(5, 9, 2, 0));
    assertThat(spec.method())
        .containsExactly(
            new Method(
                SearchSpace.LAYERS,
                AttentionUnit.HEAD_OF_EVERY_GROUP,
                RemovalOrder.WANDA_SP,
                new Compensation.LeastSquares(0.01),
                List.of(1e-3, 0.1),
                new Probing(5, 3, 2, 0.2, 1),
                new Mix(6, 4, 32, true),
                List.of(new Stage(2, 6), new Stage(10, 5)),
                List.of(new TextWindows("/c", 2048, 93, 7, true))));
  }

  @Test
  void reconstructsAsMuchAsIsSaid() {
    Method none = method("--reconstruction none");
    assertThat(none.compensation()).isEqualTo(new Compensation.None());
    assertThat(none.dampings()).isEmpty();
    assertThat(none.order()).isEqualTo(RemovalOrder.WANDA_SP);

    Method once = method("--reconstruction dense-once --damping 1e-3");
    assertThat(once.compensation()).isEqualTo(new Compensation.LeastSquares(1e-3));
    assertThat(once.dampings()).isEmpty();
    assertThat(once.order()).isEqualTo(RemovalOrder.BRAIN_SURGEON);

    assertThat(method("--reconstruction sequential")).isEqualTo(method(""));
    assertThat(method("--final-dampings 0.5").dampings()).containsExactly(0.5);
  }

  @Test
  void goesWithWhatAPublishedPresetIsOtherwise() {
    SearchSpec fitted = spec("--preset small --reconstruction sequential");
    assertThat(fitted.evolution()).isEqualTo(Evolution.SMALL);
    assertThat(fitted.searchText()).isEqualTo(new TextWindows("/c", 2048, 16, 4, true));
    assertThat(fitted.method())
        .containsExactly(
            new Method(
                SearchSpace.LAYERS,
                AttentionUnit.QUERY_HEAD,
                RemovalOrder.WANDA_SP,
                new Compensation.LeastSquares(3e-4),
                List.of(3e-4, 3e-3, 3e-2),
                new Probing(11, 0, 4, 0.08, 3),
                new Mix(0, 0, false),
                List.of(new Stage(4, 12)),
                List.of()));
    assertThat(
            spec("--preset paper --test-text /s --reconstruction dense-once")
                .method()
                .get(0)
                .stages())
        .as("the whole test text")
        .containsExactly(new Stage(20, 30));
    assertThat(spec("--preset paper --test-text /s").method()).isEmpty();
  }

  @Test
  void mutationAndCrossoverMakeWhatLevelSwitchesDoNot() {
    SearchSpec spec = spec("--level-switches 0");
    assertThat(spec.evolution()).isEqualTo(new Evolution(3, 40, 16, 16));
    assertThat(spec.method().get(0).mix()).isEqualTo(new Mix(0, 10, 32, false));
    assertThat(spec("--level-switches 5").evolution()).isEqualTo(new Evolution(3, 40, 0, 0));
  }

  @Test
  void holdsOutTheEndOfTheSearchTextOrATextOfItsOwn() {
    assertThat(method("--search-text /s").heldOut())
        .as("a quarter of a short text")
        .containsExactly(new TextWindows("/s", 2048, 15, 5, true));
    assertThat(spec("--search-text /s").searchText())
        .isEqualTo(new TextWindows("/s", 2048, 0, 15, true));
    assertThat(spec("--search-text /s --search-windows all --held-out-windows 3").searchText())
        .isEqualTo(new TextWindows("/s", 2048, 0, 17, true));
    assertThat(method("--search-windows 33").heldOut())
        .containsExactly(new TextWindows("/c", 2048, 92, 8, true));
    assertThat(spec("--search-windows 33").searchText())
        .as("as late as may be")
        .isEqualTo(new TextWindows("/c", 2048, 59, 33, true));
    assertThat(spec("--search-windows 33").calibrationText().windows()).isEqualTo(92);
    assertThat(method("--search-windows 97").heldOut())
        .as("what is left of it")
        .containsExactly(new TextWindows("/c", 2048, 97, 3, true));
    assertThat(spec("--calibration-windows 40").searchText())
        .as("behind calibration's, where that was said")
        .isEqualTo(new TextWindows("/c", 2048, 40, 52, true));
    assertThat(method("--held-out-windows 0").heldOut()).isEmpty();
    assertThat(spec("--held-out-windows 0").searchText().windows()).isEqualTo(100);
    assertThat(method("--held-out-text /h").heldOut())
        .containsExactly(new TextWindows("/h", 2048, 0, 5, true));
    assertThat(method("--held-out-text /h --held-out-windows 2").heldOut())
        .containsExactly(new TextWindows("/h", 2048, 0, 2, true));
    assertThat(method("--search-text /s --held-out-text /c").heldOut())
        .as("after what calibration reads")
        .containsExactly(new TextWindows("/c", 2048, 92, 8, true));
    assertThat(method("--held-out-text /c")).as("the search text").isEqualTo(method(""));
  }

  @Test
  void saysThatItRanksOnWhatIsReported() {
    assertThat(SameText.note(spec("--held-out-text /t --held-out-windows 3")))
        .contains("held-out text and test text are the same file: /t");
    assertThat(SameText.note(spec(""))).isEmpty();
  }

  @Test
  void saysThatNothingChoosesAFinalFitWhereTheFitReadsAllThatThereIs() {
    assertThat(SearchNotes.of(spec(""))).isEmpty();
    assertThat(SearchNotes.of(spec("--held-out-windows 0")))
        .singleElement()
        .asString()
        .startsWith("no text is held out, and the search reads what calibration reads");
    assertThat(SearchNotes.of(spec("--held-out-windows 0 --search-text /s")))
        .singleElement()
        .asString()
        .startsWith("no text is held out: the final fit is chosen on the windows");
    assertThat(SearchNotes.of(spec("--held-out-windows 0 --reconstruction dense-once"))).isEmpty();
  }

  @Test
  void selectsOnAsManyWindowsAsThereAre() {
    assertThat(method("--search-windows 4").stages())
        .containsExactly(new Stage(1, 8), new Stage(4, 3));
    assertThat(method("--search-windows 1 --population 9").stages())
        .containsExactly(new Stage(1, 9));
    assertThat(method("--search-windows 3").probing()).isEqualTo(new Probing(11, 3, 3, 0.08, 3));
  }

  @Test
  void saysThatAShortTextIsCalibratedOnLess() {
    SearchOptions options = parse("--calibration-text /s --search-text /c");
    assertThat(options.spec(checks()).calibrationText().windows()).isEqualTo(20);
    assertThat(options.notes())
        .containsExactly(
            "calibrating on 20 windows of /s, which is short: 128 are better, and a longer text has them");
    SearchOptions enough = parse("--calibration-windows 5");
    assertThat(enough.spec(checks()).calibrationText().windows()).isEqualTo(5);
    assertThat(enough.notes()).isEmpty();
  }

  @Test
  void endsEarlyByWhatIsSaid() {
    SearchSpec spec = spec("--max-tokens 25M --max-evaluations 1.5K --max-time 1h30m --patience 4");
    assertThat(spec.stopping()).isEqualTo(new Stopping(25_000_000L, 1_500L, 5_400L, 4));
    assertThat(spec.key()).as("no part of its name").isEqualTo(spec("").key());
    assertThat(spec("--preset small --patience 4").stopping().patience()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"90s, 90", "30m, 1800", "2h, 7200", "1d, 86400", "1d2h3m4s, 93784"})
  void readsTimes(String time, long seconds) {
    assertThat(spec("--max-time " + time).stopping().seconds()).isEqualTo(seconds);
  }

  @Test
  void readsAMethodFromASpecAndLetsOptionsOverrideIt() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("spec.json"),
            """
            {
              "method": [{
                "space": "LAYERS",
                "compensation": {"type": "least-squares", "damping": 0.5},
                "mix": {"descents": 2},
                "stages": [{"windows": 7, "survivors": 3}],
                "heldOut": []
              }],
              "stopping": {"patience": 6}
            }
            """);
    SearchSpec spec = spec("--descents 3 --spec " + file);
    Method method = spec.method().get(0);
    assertThat(method.space()).isEqualTo(SearchSpace.LAYERS);
    assertThat(method.compensation()).isEqualTo(new Compensation.LeastSquares(0.5));
    assertThat(method.mix()).isEqualTo(new Mix(32, 3, 32, false));
    assertThat(method.stages()).containsExactly(new Stage(7, 3));
    assertThat(method.heldOut()).isEmpty();
    assertThat(spec.stopping().patience()).isEqualTo(6);

    Path published = Files.writeString(folder.resolve("published.json"), "{\"method\": []}");
    assertThat(spec("--spec " + published)).isEqualTo(spec("--preset small"));
    assertThat(spec("--preset measured --spec " + published)).isEqualTo(spec(""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "--reconstruction none --damping 1e-3 | --reconstruction none and --damping contradict each other: give one of them",
        "--reconstruction none --final-dampings 1e-3 | --reconstruction none and --final-dampings contradict each other: give one of them",
        "--reconstruction dense-once --final-dampings 1e-3 | --reconstruction dense-once and --final-dampings contradict each other: give one of them",
        "--reconstruction none --order brain-surgeon | the search: the brain surgeon's order is worse than any without the fit that belongs to it: compare candidates with least squares, or use Wanda-sp's order",
        "--stages 1:4,2:2 --population 3 | --population 3, but the last of --stages leaves 2: give one of them, or the same",
        "--stages 4:4,2:3 | the search: method.stages[1].windows: 2 is not more than the 4 of the stage before",
        "--search-text /s --stages 1:8,16:3 | --stages: 16 windows are more than the 15 of /s that are searched on: give fewer, or more --search-windows (a longer text, or less of it for calibration and held out)",
        "--search-windows 4 --probe-windows 5 | --probe-windows: 5 windows are more than the 4 of /c that are searched on: give fewer, or more --search-windows (a longer text, or less of it for calibration and held out)",
        "--search-windows 4 --descent-windows 5 | --descent-windows: 5 windows are more than the 4 of /c that are searched on: give fewer, or more --search-windows (a longer text, or less of it for calibration and held out)",
        "--search-text /s --held-out-windows 20 | --held-out-windows: 20 windows of /s can be searched on or held out, so that at most 19 are held out, not 20",
        "--search-text /s --held-out-windows all | --held-out-windows: 20 windows of /s can be searched on or held out, so that at most 19 are held out, not all",
        "--search-text /s --calibration-windows all --held-out-text /c | --held-out-text: calibration reads the whole of /c, nothing is left to hold out: give fewer --calibration-windows, or another text",
        "--held-out-windows -1 | --held-out-windows: there are no negative windows: -1",
        "--search-windows 30 --held-out-windows 8 | held-out windows of /c are windows that the search reads: hold out fewer (--held-out-windows), or another text (--held-out-text)",
        "--calibration-windows 100 | /c has 100 windows of 2,048 tokens, and the search is to begin behind the first 100: give fewer --calibration-windows, a smaller --sequence-length, or another --search-text",
        "--level-switches 0 --mutations 0 --crossovers 0 | the search: method.mix.levelSwitches, evolution.mutations and evolution.crossovers are 0: nothing is proposed after the 10 descents of method.mix.descents",
        "--damping 2 | the search: damping out of (0, 1]: 2.0",
        "--probe-levels 1 | the search: no probing: 1 levels, 8 and 8 windows, step 0.08, 3 far descents",
      })
  void saysWhatContradictsWhat(String options, String message) {
    String calibration =
        options.startsWith("--search-windows 30") ? " --calibration-windows 66" : "";
    assertThatThrownBy(() -> spec(options + calibration))
        .isInstanceOf(UserError.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--stages 4 | no stages: give windows and survivors of each, such as 1:8,4:3,16:3",
        "--stages 0:3 | a stage has windows and survivors, not 0 and 3",
        "--final-dampings 1e-3,x | a damping is in (0, 1], and 'x' isn't",
        "--final-dampings 2 | a damping is in (0, 1], and '2' isn't",
        "--order first | is none of wanda-sp, brain-surgeon",
        "--attention-unit head | is none of query-head, head-of-every-group, group",
        "--max-time 2 | is no time from a second on: give 90s, 30m, 2h, 1d or 1h30m",
        "--max-time 0s | is no time from a second on: give 90s, 30m, 2h, 1d or 1h30m",
        "--max-tokens 0 | is no number from 1 on: give 500, 25M or 1.3B",
        "--max-tokens many | is no number from 1 on: give 500, 25M or 1.3B",
      })
  void saysWhatIsNoSuchValue(String options, String message) {
    assertThatThrownBy(() -> parse(options))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining(message);
  }

  private static Method method(String options) {
    return spec(options).method().get(0);
  }

  private static SearchSpec spec(String options) {
    return parse(options).spec(checks());
  }

  private static SpecChecks checks() {
    return new Anything(2048, TOKENS);
  }

  /** What every search needs, but for what is given. */
  private static SearchOptions parse(String given) {
    SearchOptions options = new SearchOptions();
    List<String> own = Words.of(given);
    Stream<String> least =
        Map.of(
                "--model",
                "/m",
                "--sparsity",
                "0.3",
                "--calibration-text",
                "/c",
                "--test-text",
                "/t")
            .entrySet()
            .stream()
            .filter(each -> !own.contains(each.getKey()))
            .map(each -> each.getKey() + "=" + each.getValue());
    new CommandLine(CommandLine.Model.CommandSpec.forAnnotatedObject(options))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(Stream.concat(least, own.stream()).toArray(String[]::new));
    return options;
  }
}
