package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.UserError;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Search options that several searches have in common, and those of one search over them: an option
 * given for the one takes the place of the same common option, and of those that contradict it.
 */
record LaidOver(List<OptionSpec> common) {
  /**
   * Of two options that contradict each other, the search's own holds. An address is one provider's
   * and would be sent the other's key; a price is one model's.
   */
  private static final Map<String, List<String>> RIVALS =
      Map.ofEntries(
          Map.entry(AblationOptions.WITHOUT_MUTATION, List.of("--mutations")),
          Map.entry(AblationOptions.WITHOUT_CROSSOVER, List.of("--crossovers")),
          Map.entry("--mutations", List.of(AblationOptions.WITHOUT_MUTATION)),
          Map.entry("--crossovers", List.of(AblationOptions.WITHOUT_CROSSOVER)),
          Map.entry("--model", List.of("--demo")),
          Map.entry(
              "--demo", List.of("--model", "--calibration-text", "--search-text", "--test-text")),
          Map.entry("--sparsity", othersThan("--sparsity")),
          Map.entry("--model-sparsity", othersThan("--model-sparsity")),
          Map.entry("--target-parameters", othersThan("--target-parameters")),
          Map.entry("--target-size", othersThan("--target-size")),
          Map.entry("--reconstruction=none", List.of("--damping", "--final-dampings", "--order")),
          Map.entry("--reconstruction=dense-once", List.of("--final-dampings")),
          Map.entry("--population", List.of("--stages")),
          Map.entry("--stages", List.of("--population")),
          Map.entry("--llm-provider", List.of("--llm-url", "--llm-price")),
          Map.entry("--llm-url", List.of("--llm-price")),
          Map.entry("--llm-model", List.of(AblationOptions.BUILT_IN, "--llm-price")));

  LaidOver {
    common = List.copyOf(common);
  }

  /** The search options among all that a command was given. */
  static LaidOver of(ParseResult given) {
    Set<String> known =
        names(CommandSpec.forAnnotatedObject(new SearchOptions()).options().stream());
    return new LaidOver(
        given.matchedOptions().stream()
            .filter(option -> known.contains(option.longestName()))
            .toList());
  }

  boolean gives(String option) {
    return common.stream().anyMatch(each -> each.longestName().equals(option));
  }

  /**
   * The options of one search.
   *
   * @param own that are its own
   * @throws UserError if they are no search options
   */
  SearchOptions with(List<String> own) {
    List<OptionSpec> given = parse(own, new SearchOptions()).matchedOptions();
    Set<String> names = names(given.stream());
    if (names.contains("--seed")) {
      throw new UserError("--seed: all searches have the same seeds, given by --seeds");
    }
    Set<String> ruledOut = given.stream().flatMap(LaidOver::rivals).collect(Collectors.toSet());
    Stream<String> kept =
        common.stream()
            .filter(option -> !names.contains(option.longestName()))
            .filter(option -> !ruledOut.contains(option.longestName()))
            .flatMap(
                option ->
                    option.originalStringValues().stream()
                        .map(value -> option.longestName() + "=" + value));
    SearchOptions options = new SearchOptions();
    ParseResult unused = parse(Stream.concat(kept, own.stream()).toList(), options);
    return options;
  }

  /** Of an option whatever its value, and of the value that it has. */
  private static Stream<String> rivals(OptionSpec option) {
    Stream<String> values =
        option.originalStringValues().stream()
            .map(value -> "%s=%s".formatted(option.longestName(), value).toLowerCase(Locale.ROOT));
    return Stream.concat(Stream.of(option.longestName()), values)
        .flatMap(name -> RIVALS.getOrDefault(name, List.of()).stream());
  }

  /** Ways to say how small the model is to be: one is enough. */
  private static List<String> othersThan(String option) {
    return Stream.of("--sparsity", "--model-sparsity", "--target-parameters", "--target-size")
        .filter(other -> !other.equals(option))
        .toList();
  }

  private static ParseResult parse(List<String> arguments, SearchOptions options) {
    try {
      return new CommandLine(CommandSpec.forAnnotatedObject(options))
          .setCaseInsensitiveEnumValuesAllowed(true)
          .parseArgs(arguments.toArray(String[]::new));
    } catch (ParameterException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private static Set<String> names(Stream<OptionSpec> options) {
    return options.map(OptionSpec::longestName).collect(Collectors.toSet());
  }
}
