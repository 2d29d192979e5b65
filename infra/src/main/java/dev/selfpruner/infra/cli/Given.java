package dev.selfpruner.infra.cli;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options that may be absent: picocli leaves null in their place, and this is where it ends. */
final class Given {
  private Given() {}

  /** Names of the options among {@code options} that a command was given. */
  static List<String> of(CommandSpec command, Object options) {
    Set<String> known =
        CommandSpec.forAnnotatedObject(options).options().stream()
            .map(OptionSpec::longestName)
            .collect(Collectors.toSet());
    return command.commandLine().getParseResult().matchedOptions().stream()
        .map(OptionSpec::longestName)
        .filter(known::contains)
        .toList();
  }

  static OptionalInt number(Integer option) {
    return option == null ? OptionalInt.empty() : OptionalInt.of(option);
  }
}
