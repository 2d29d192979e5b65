package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.Price;
import dev.selfpruner.activities.search.RemovalOrder;
import dev.selfpruner.activities.search.SearchSpace;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.workflows.CompareEntry;
import dev.selfpruner.workflows.CompareSpec;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

class CompareOptionsTest {
  private static final String[] COMMON = {
    "--model",
    "/m",
    "--sparsity",
    "0.3",
    "--calibration-text",
    "/c",
    "--test-text",
    "/t",
    "--sequence-length",
    "64"
  };

  @TempDir private Path folder;

  @Command(name = "compare")
  private static final class Compare {
    @ArgGroup(exclusive = false)
    private CompareOptions compared = new CompareOptions();

    @ArgGroup(exclusive = false)
    private SearchOptions unused = new SearchOptions();
  }

  @Test
  void laysEachVariantsOptionsOverTheCommonOnes() {
    CompareSpec spec =
        parse(
            "--seeds",
            "4,2",
            "--population",
            "6",
            "--variant",
            "as it is=",
            "--variant",
            "other=--population 8 --search-text '/a text' --no-bos");

    assertThat(spec.seeds()).containsExactly(4L, 2L);
    assertThat(spec.atATime()).isEqualTo(2);
    assertThat(spec.entries()).extracting(CompareEntry::name).containsExactly("as it is", "other");
    SearchSpec asItIs = spec.entries().get(0).spec();
    SearchSpec other = spec.entries().get(1).spec();
    assertThat(asItIs.evolution().population()).isEqualTo(6);
    assertThat(other.evolution()).isEqualTo(new Evolution(8, 40, 0, 0));
    assertThat(other.searchText().path()).isEqualTo("/a text");
    assertThat(other.searchText().sequenceLength()).isEqualTo(64);
    assertThat(other.testText().beginOfSequence()).isFalse();
  }

  @Test
  void comparesThePapersAblations() {
    CompareSpec spec =
        parse(
            "--preset",
            "small",
            "--ablations",
            "--mutations",
            "3",
            "--llm-url",
            "http://localhost/v1",
            "--crossovers",
            "2",
            "--llm-model",
            "small",
            "--at-a-time",
            "1");

    Generator llm =
        Generator.LargeLanguageModel.compatible("http://localhost/v1", "small", 1.0, 4096);
    Generator builtIn = new Generator.BuiltIn();
    assertThat(spec.atATime()).isEqualTo(1);
    assertThat(spec.seeds()).containsExactly(0L);
    assertThat(spec.entries())
        .extracting(
            CompareEntry::name,
            entry -> entry.spec().initialisation(),
            entry -> entry.spec().generator(),
            entry -> entry.spec().evolution().mutations(),
            entry -> entry.spec().evolution().crossovers())
        .containsExactly(
            tuple("all of it", llm, llm, 3, 2),
            tuple("without LLM initialisation", new Generator.Random(), llm, 3, 2),
            tuple("without mutation", llm, llm, 0, 2),
            tuple("without crossover", llm, llm, 3, 0),
            tuple("built-in operators", builtIn, builtIn, 3, 2));
  }

  @Test
  void searchesNothingTwiceUnderTwoNames() {
    assertThat(parse("--ablations", "--preset", "small").entries())
        .as("no LLM: all of it is by the built-in operators")
        .extracting(CompareEntry::name)
        .containsExactly(
            "all of it", "without LLM initialisation", "without mutation", "without crossover");
    String refusal =
        "variants '%s' and '%s' are the same search (limits make no difference to what is searched): leave one of them out, or change its options";
    assertRefused(refusal.formatted("a", "b"), "--variant", "a=", "--variant", "b=");
    assertRefused(
        refusal.formatted("a", "b"),
        "--llm-model=gpt-4o",
        "--variant=a=--max-cost 1",
        "--variant=b=--max-cost 2");
    assertRefused(refusal.formatted("all of it", "common"), "--ablations", "--variant", "common=");
  }

  @Test
  void aVariantsOwnOptionHoldsAgainstACommonOneThatContradictsIt() {
    CompareSpec spec =
        parse(
            "--preset",
            "small",
            "--without-mutation",
            "--built-in",
            "--variant",
            "common=",
            "--variant",
            "mutations=--mutations 5",
            "--variant",
            "llm=--llm-model small --llm-url http://localhost/v1");

    assertThat(spec.entries())
        .extracting(entry -> entry.spec().evolution().mutations())
        .containsExactly(0, 5, 0);
    assertThat(spec.entries().get(2).spec().generator())
        .isInstanceOf(Generator.LargeLanguageModel.class);
  }

  @Test
  void aVariantIsASearchWithoutAPart() {
    CompareSpec spec =
        parse(
            "--adaptive",
            "--damping=0.01",
            "--stages=1:5,2:4",
            "--order=brain-surgeon",
            "--variant=common=",
            "--variant=sliced=--reconstruction none",
            "--variant=even=--no-adaptive",
            "--variant=wider=--population 7",
            "--variant=layers=--space layers --probe-windows 0 --descents 0");

    assertThat(spec.entries())
        .extracting(
            entry -> entry.spec().method().get(0).mix().adaptive(),
            entry -> entry.spec().method().get(0).compensation(),
            entry -> entry.spec().method().get(0).order(),
            entry -> entry.spec().evolution().population())
        .containsExactly(
            tuple(true, new Compensation.LeastSquares(0.01), RemovalOrder.BRAIN_SURGEON, 4),
            tuple(true, new Compensation.None(), RemovalOrder.WANDA_SP, 4),
            tuple(false, new Compensation.LeastSquares(0.01), RemovalOrder.BRAIN_SURGEON, 4),
            tuple(true, new Compensation.LeastSquares(0.01), RemovalOrder.BRAIN_SURGEON, 7),
            tuple(true, new Compensation.LeastSquares(0.01), RemovalOrder.BRAIN_SURGEON, 4));
    Method layers = spec.entries().get(4).spec().method().get(0);
    assertThat(layers.space()).isEqualTo(SearchSpace.LAYERS);
    assertThat(layers.probing().windows()).isZero();
    assertThat(layers.mix().descents()).isZero();
  }

  @Test
  void comparesWhatEachPartOfAMethodBrings() {
    CompareSpec spec = parse("--ablations");
    assertThat(spec.entries())
        .extracting(CompareEntry::name)
        .as("no LLM makes anything")
        .containsExactly(
            "all of it",
            "without LLM initialisation",
            "without sensitivity",
            "without descents",
            "without level switches",
            "one rate a layer",
            "Wanda-sp's order",
            "without final fit",
            "without reconstruction");
    assertThat(spec.entries().get(4).spec().evolution()).isEqualTo(new Evolution(3, 40, 16, 16));
  }

  @Test
  void anotherProvidersKeyDoesNotGoToTheCommonAddressNorIsItsModelChargedTheCommonPrice()
      throws IOException {
    Path prices =
        Files.writeString(
            folder.resolve("prices.json"),
            """
            {"prices": {"openai": {"big": {"input": 5, "output": 6}}}}
            """);
    CompareSpec spec =
        parse(
            "--llm-model=small",
            "--llm-url=http://localhost/v1",
            "--llm-price=1,2",
            "--llm-prices=" + prices,
            "--variant=common=",
            "--variant=other=--llm-provider anthropic",
            "--variant=elsewhere=--llm-url http://elsewhere/v1",
            "--variant=big=--llm-model big",
            "--variant=priced=--llm-model other --llm-price 3,4");

    assertThat(spec.entries())
        .extracting(
            CompareEntry::name,
            entry -> ((LargeLanguageModel) entry.spec().generator()).baseUrl(),
            entry -> entry.spec().limits().price())
        .containsExactly(
            tuple("common", "http://localhost/v1", List.of(new Price(1, 2))),
            tuple("other", "", List.of()),
            tuple("elsewhere", "http://elsewhere/v1", List.of()),
            tuple("big", "http://localhost/v1", List.of(new Price(5, 6))),
            tuple("priced", "http://localhost/v1", List.of(new Price(3, 4))));
  }

  @Test
  void readsSpecsOfAFileAndLaysTheCommonOptionsOverThem() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("specs.json"),
            """
            {"small": {"evolution": {"population": 4}, "sparsity": 0.5}, "large": {"evolution": {"population": 9}}}
            """);

    CompareSpec spec = parse("--specs", file.toString());

    assertThat(spec.entries())
        .extracting(
            CompareEntry::name,
            entry -> entry.spec().evolution().population(),
            entry -> entry.spec().sparsity())
        .containsExactly(tuple("small", 4, 0.3), tuple("large", 9, 0.3));
  }

  @Test
  void saysWhichVariantIsWrong() throws IOException {
    assertRefused("variant 'a': Unknown option: '--poplation=6'", "--variant", "a=--poplation=6");
    assertRefused(
        "variant 'a': Invalid value for option '--population': 'x' is not an int",
        "--variant",
        "a=--population x");
    assertRefused(
        "variant 'a': the search: sparsity out of (0, 1): 3.0", "--variant", "a=--sparsity 3");
    assertRefused("variant 'a': a quote (') has no end: --model 'x", "--variant", "a=--model 'x");
    assertRefused(
        "variant 'a': --seed: all searches have the same seeds, given by --seeds",
        "--variant",
        "a=--seed 1");
    assertRefused("the name a is there twice", "--variant", "a=", "--variant", "a=--no-bos");
    Path specs = Files.writeString(folder.resolve("specs.json"), "{\"b\": 3}");
    assertRefused(
        "variant 'b': %s is not a JSON object: give a search spec".formatted(specs.toRealPath()),
        "--specs",
        specs.toString());
  }

  @Test
  void saysWhatIsWrongWithTheComparison() {
    assertRefused(
        "--variant 'fewer': give a name, '=', and options, such as fewer=\"--population 6\"",
        "--variant",
        "fewer");
    assertRefused(
        "nothing to compare with: give two --variant, --ablations, --specs, or several --seeds",
        "--variant",
        "one=");
    assertRefused("--seed: a comparison has --seeds", "--ablations", "--seed", "1");
    assertRefused("the seed 1 is there twice", "--ablations", "--seeds", "1,1");
    assertRefused("at least one search runs at a time, not 0", "--ablations", "--at-a-time", "0");
  }

  private static void assertRefused(String message, String... options) {
    assertThatThrownBy(() -> parse(options)).isInstanceOf(UserError.class).hasMessage(message);
  }

  private static CompareSpec parse(String... more) {
    Compare command = new Compare();
    CommandLine line = new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true);
    CommandLine.ParseResult given =
        line.parseArgs(Stream.concat(Stream.of(COMMON), Stream.of(more)).toArray(String[]::new));
    return command.compared.spec(
        given, (options, draft) -> options.spec(draft, new RemoteChecks()));
  }
}
