package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Price;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.llm.prompt.PromptSet;
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
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class LlmOptionsTest {
  private static final String[] LEAST = {
    "--model", "/m", "--sparsity", "0.3", "--calibration-text", "/c", "--test-text", "/t"
  };

  @TempDir private Path folder;

  @Test
  void aModelIsAllThatAProviderNeeds() {
    SearchSpec spec = spec("--llm-model", "gpt-4o");
    assertThat(spec.generator())
        .isEqualTo(
            new LargeLanguageModel(
                Provider.OPENAI, "", "gpt-4o", 1.0, 4096, AnswerFormat.SCHEMA, "informed", ""));
    assertThat(spec.initialisation()).isEqualTo(spec.generator());
    assertThat(spec.limits()).isEqualTo(withPrice(new Price(2.5, 10.0)));
  }

  @Test
  void takesAllThatIsSaid() {
    SearchSpec spec =
        spec(
            "--llm-provider", "anthropic",
            "--llm-url", "https://gateway.example/v1",
            "--llm-model", "claude-sonnet-4-20250514",
            "--llm-temperature", "0.2",
            "--llm-max-tokens", "1000",
            "--llm-answers", "text",
            "--prompt", "informed",
            "--max-llm-tokens", "100000",
            "--max-cost", "2.5",
            "--llm-price", "1,2.25");
    assertThat(spec.generator())
        .isEqualTo(
            new LargeLanguageModel(
                Provider.ANTHROPIC,
                "https://gateway.example/v1",
                "claude-sonnet-4-20250514",
                0.2,
                1000,
                AnswerFormat.TEXT,
                "informed",
                ""));
    assertThat(spec.limits())
        .isEqualTo(new LlmLimits(100_000L, 2.5, List.of(new Price(1.0, 2.25))));
  }

  @Test
  void limitsAreNoPartOfASearchsName() {
    assertThat(spec("--llm-model", "gpt-4o", "--max-llm-tokens", "5").key())
        .isEqualTo(spec("--llm-model", "gpt-4o", "--llm-price", "7,8").key());
  }

  @ParameterizedTest
  @CsvSource({
    "openai,    '',                        SCHEMA",
    "openai,    https://api.openai.com/v1, SCHEMA",
    "openai,    http://localhost:8000/v1,  TEXT",
    "openai,    http://notopenai.com/v1,   TEXT",
    "anthropic, '',                        SCHEMA",
    "gemini,    '',                        SCHEMA",
    "bedrock,   '',                        TEXT"
  })
  void asksForSchemasWhereTheyAreKnownToBeEnforced(
      String provider, String url, AnswerFormat expected) {
    String[] options = {"--llm-model", "m", "--llm-provider", provider, "--llm-url", url};
    assertThat(llm(options).answerFormat()).isEqualTo(expected);
    assertThat(llm(concat(options, "--preset", "paper")).answerFormat())
        .isEqualTo(AnswerFormat.TEXT);
  }

  @ParameterizedTest
  @CsvSource({
    "openai,    '',                        gpt-4o,                   2.5",
    "openai,    '',                        gpt-4o-2024-08-06,        2.5",
    "openai,    '',                        gpt-4o-2024-05-13,        5.0",
    "openai,    '',                        gpt-4o-mini,              0.15",
    "openai,    https://api.openai.com/v1, gpt-3.5-turbo-0125,       0.5",
    "openai,    '',                        gpt-4o-audio-preview,     -1",
    "openai,    '',                        ft:gpt-4o,                -1",
    "openai,    http://localhost:8000/v1,  gpt-4o,                   -1",
    "anthropic, '',                        claude-sonnet-4-20250514, 3.0",
    "anthropic, '',                        claude-opus-4-1-20250805, -1",
    "anthropic, '',                        gpt-4o,                   -1",
    "gemini,    '',                        gemini-1.5-pro-002,       1.25",
    "bedrock,   '',                        claude-3-5-haiku,         -1"
  })
  void knowsListPricesOfModelsWhereTheyAreSold(
      String provider, String url, String model, double input) {
    assertThat(
            spec("--llm-model", model, "--llm-provider", provider, "--llm-url", url)
                .limits()
                .price())
        .extracting(Price::input)
        .isEqualTo(input < 0 ? List.of() : List.of(input));
  }

  @Test
  void aPriceGoesBeforeATableAndATableBeforeTheListPrice() throws IOException {
    Path table =
        Files.writeString(
            folder.resolve("prices.json"),
            """
            {"note": "ours", "prices": {"openai": {"gpt-4o": {"input": 1, "output": 2}}}}
            """);
    String[] llm = {"--llm-model", "gpt-4o", "--llm-prices", table.toString()};
    assertThat(spec(llm).limits()).isEqualTo(withPrice(new Price(1.0, 2.0)));
    assertThat(spec(concat(llm, "--llm-price", "3,4")).limits())
        .isEqualTo(withPrice(new Price(3.0, 4.0)));
    assertThat(
            spec("--llm-model", "gpt-4o-mini", "--llm-prices", table.toString()).limits().price())
        .containsExactly(new Price(0.15, 0.6));
    assertThat(spec(concat(llm, "--llm-url", "http://localhost/v1")).limits().price())
        .containsExactly(new Price(1.0, 2.0));
  }

  @Test
  void readsThemFromASpec() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("spec.json"),
            """
            {
              "generator": {"type": "llm", "provider": "gemini", "model": "gemini-2.0-flash"},
              "initialisation": {"type": "random"},
              "limits": {"tokens": 7000, "price": [{"input": 1.0, "output": 2.0}]}
            }
            """);
    SearchSpec spec = spec("--spec", file.toString());
    assertThat(spec.generator())
        .isEqualTo(
            new LargeLanguageModel(
                Provider.GEMINI,
                "",
                "gemini-2.0-flash",
                1.0,
                4096,
                AnswerFormat.SCHEMA,
                "informed",
                ""));
    assertThat(spec.initialisation()).isEqualTo(new Generator.Random());
    assertThat(spec.limits())
        .isEqualTo(new LlmLimits(7000L, LlmLimits.NO_COST_LIMIT, List.of(new Price(1.0, 2.0))));
    assertThat(spec("--spec", file.toString(), "--max-llm-tokens", "9").limits().tokens())
        .isEqualTo(9L);
  }

  @Test
  void reachTheFirstPopulationToo() throws IOException {
    SearchSpec same =
        spec("--spec", specFile(TWO.formatted("small", "small")), "--llm-model", "gpt-4o");
    assertThat(same.generator()).isEqualTo(asked("http://a/v1", "gpt-4o", 1.0, 4096));
    assertThat(same.initialisation()).isEqualTo(same.generator());

    SearchSpec other =
        spec("--spec", specFile(TWO.formatted("small", "big")), "--llm-temperature", "0.5");
    assertThat(List.of(other.generator(), other.initialisation()))
        .containsExactly(
            asked("http://a/v1", "small", 0.5, 4096), asked("http://a/v1", "big", 0.5, 4096));

    String builtIn =
        """
        {"generator": {"type": "built-in"}, "initialisation": {"type": "%s"}}
        """;
    assertThat(
            spec("--spec", specFile(builtIn.formatted("built-in")), "--llm-model", "m")
                .initialisation())
        .isInstanceOf(LargeLanguageModel.class);
    assertThat(
            spec("--spec", specFile(builtIn.formatted("random")), "--llm-model", "m")
                .initialisation())
        .isEqualTo(new Generator.Random());
  }

  @Test
  void anLlmForTheFirstPopulationAloneHasOptionsToo() throws IOException {
    String first =
        specFile(
            """
            {"initialisation": {"type": "llm", "baseUrl": "http://a/v1", "model": "small"}}
            """);
    SearchSpec spec = spec("--spec", first, "--llm-temperature", "0.5");
    assertThat(spec.generator()).isEqualTo(new Generator.BuiltIn());
    assertThat(spec.initialisation()).isEqualTo(asked("http://a/v1", "small", 0.5, 4096));
  }

  @Test
  void twoLlmsOfTwoPricesNeedOneThatIsGiven() throws IOException {
    String two =
        specFile(
            """
            {
              "generator": {"type": "llm", "model": "gpt-4o"},
              "initialisation": {"type": "llm", "model": "gpt-4o-mini"}
            }
            """);
    assertThat(spec("--spec", two).limits()).isEqualTo(LlmLimits.NONE);
    assertRefused(
        "--max-cost: gpt-4o and gpt-4o-mini are asked, and all are charged one price: give it with --llm-price IN,OUT (US dollars for a million tokens of prompts and of answers; the highest is safe), or limit the tokens with --max-llm-tokens",
        "--spec",
        two,
        "--max-cost",
        "1");
    assertThat(spec("--spec", two, "--max-cost", "1", "--llm-price", "2.5,10").limits().price())
        .containsExactly(new Price(2.5, 10.0));
  }

  private static final String TWO =
      """
      {
        "generator": {"type": "llm", "baseUrl": "http://a/v1", "model": "%s"},
        "initialisation": {"type": "llm", "baseUrl": "http://a/v1", "model": "%s"}
      }
      """;

  private String specFile(String json) throws IOException {
    return Files.writeString(folder.resolve("spec.json"), json).toString();
  }

  @Test
  void anotherProviderIsNotAskedAtTheFirstOnesAddress() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("spec.json"),
            """
            {"generator": {"type": "llm", "baseUrl": "http://a/v1", "model": "big"}}
            """);
    assertThat(
            llm("--spec", file.toString(), "--llm-provider", "anthropic", "--llm-model", "small"))
        .extracting(LargeLanguageModel::baseUrl, LargeLanguageModel::model)
        .containsExactly("", "small");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--llm-url http://a/v1",
        "--llm-provider gemini",
        "--llm-temperature 1",
        "--llm-max-tokens 1",
        "--llm-answers text",
        "--prompt paper",
        "--max-llm-tokens 1",
        "--max-cost 1",
        "--llm-price 1,2",
        "--llm-prices prices.json"
      })
  void onlyAModelTurnsTheLlmOn(String option) {
    assertRefused(
        "%s is about an LLM, and none is asked: name its model with --llm-model (generator/model in a spec)"
            .formatted(option.split(" ", -1)[0]),
        option.split(" ", -1));
  }

  @Test
  void aLimitOfCostNeedsAPrice() {
    assertRefused(
        "--max-cost: the price of llama3 is not known: give it with --llm-price IN,OUT (US dollars for a million tokens of prompts and of answers) or in a table with --llm-prices, or limit the tokens with --max-llm-tokens",
        "--llm-model",
        "llama3",
        "--llm-url",
        "http://localhost:11434/v1",
        "--max-cost",
        "1");
  }

  @Test
  void promptsOfAFolderAreNamedByTheirDigest() throws IOException {
    Path mine = Files.createDirectory(folder.resolve("mine"));
    for (Map.Entry<String, String> file : PromptSet.builtIn("paper").templates().entrySet()) {
      Files.writeString(mine.resolve(file.getKey()), "Please. " + file.getValue());
    }

    assertThat(llm("--llm-model", "m", "--prompt", mine.toString()).prompt())
        .isEqualTo(PromptSet.read(mine).sha256())
        .isNotEqualTo(PromptSet.builtIn("paper").sha256());

    Files.writeString(mine.resolve("mutate.txt"), "Change {{everything}}.");
    assertThatThrownBy(() -> llm("--llm-model", "m", "--prompt", mine.toString()))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("--prompt: prompts in %s: mutate.txt: ".formatted(mine))
        .hasMessageContaining("{{everything}}");
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    assertRefused(
        "--prompt: no prompts are called 'mine', and it is no folder: give paper, informed, or a folder of prompts",
        "--llm-model",
        "m",
        "--prompt",
        "mine");
    assertRefused(
        "the search: the address of an LLM has neither a user nor a query nor a fragment, as it is shown in histories and messages: a key goes into SELFPRUNER_LLM_API_KEY, or the provider's own variable, in the LLM worker's environment",
        "--llm-model",
        "m",
        "--llm-url",
        "https://api.example/v1?api-key=123");
    assertRefused(
        "the search: a limit of LLM tokens is at least 1, not 0",
        "--llm-model",
        "m",
        "--max-llm-tokens",
        "0");
    assertRefused(
        "the search: a limit of cost is above 0, not -1.0",
        "--llm-model",
        "gpt-4o",
        "--max-cost",
        "-1");
    assertRefused(
        "the search: a grammar goes to a server of llama.cpp's, which speaks OpenAI's protocol",
        "--llm-model",
        "m",
        "--llm-provider",
        "gemini",
        "--llm-answers",
        "grammar");
    Path table = Files.writeString(folder.resolve("prices.json"), "{\"gpt-4o\": 3}");
    assertThatThrownBy(() -> spec("--llm-model", "gpt-4o", "--llm-prices", table.toString()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(table.toRealPath().toString())
        .hasMessageContaining("'prices'");
    assertThatThrownBy(() -> spec("--llm-model", "gpt-4o", "--llm-price", "2.5"))
        .hasMessageContaining("'2.5' is not IN,OUT: two prices such as 2.5,10");
    Path spec =
        Files.writeString(folder.resolve("spec.json"), "{\"generator\": {\"type\": \"llm\"}}");
    assertRefused("--llm-model is missing (generator/model in a spec)", "--spec", spec.toString());
  }

  /** As a search that measures first asks it. */
  private static LargeLanguageModel asked(
      String baseUrl, String model, double temperature, int maxOutputTokens) {
    return new LargeLanguageModel(
        Provider.OPENAI,
        baseUrl,
        model,
        temperature,
        maxOutputTokens,
        AnswerFormat.TEXT,
        LargeLanguageModel.INFORMED,
        "");
  }

  private static LlmLimits withPrice(Price price) {
    return new LlmLimits(LlmLimits.NO_TOKEN_LIMIT, LlmLimits.NO_COST_LIMIT, List.of(price));
  }

  private static LargeLanguageModel llm(String... more) {
    return (LargeLanguageModel) spec(more).generator();
  }

  private static void assertRefused(String message, String... more) {
    assertThatThrownBy(() -> spec(more)).isInstanceOf(UserError.class).hasMessage(message);
  }

  private static SearchSpec spec(String... more) {
    SearchOptions options = new SearchOptions();
    new CommandLine(CommandLine.Model.CommandSpec.forAnnotatedObject(options))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(concat(LEAST, more));
    return options.spec(new Anything());
  }

  private static String[] concat(String[] some, String... more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
  }
}
