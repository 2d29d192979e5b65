package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.UserError;
import java.util.List;
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
      Map.of(
          AblationOptions.WITHOUT_MUTATION,
          List.of("--mutations"),
          AblationOptions.WITHOUT_CROSSOVER,
          List.of("--crossovers"),
          "--mutations",
          List.of(AblationOptions.WITHOUT_MUTATION),
          "--crossovers",
          List.of(AblationOptions.WITHOUT_CROSSOVER),
          "--model",
          List.of("--demo"),
          "--demo",
          List.of("--model", "--calibration-text", "--search-text", "--test-text"),
          "--llm-provider",
          List.of("--llm-url", "--llm-price"),
          "--llm-url",
          List.of("--llm-price"),
          "--llm-model",
          List.of(AblationOptions.BUILT_IN, "--llm-price"));

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
    Set<String> names = names(parse(own, new SearchOptions()).matchedOptions().stream());
    if (names.contains("--seed")) {
      throw new UserError("--seed: all searches have the same seeds, given by --seeds");
    }
    Set<String> ruledOut =
        names.stream()
            .flatMap(name -> RIVALS.getOrDefault(name, List.of()).stream())
            .collect(Collectors.toSet());
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
