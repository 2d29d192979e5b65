package dev.selfpruner.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.testing.Repository;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** {@code docs/search.md} is where the README sends people for every option of {@code search}. */
class DocumentedOptionsTest {
  private static final Pattern OPTION = Pattern.compile("(?<![a-z0-9-])--[a-z0-9][a-z0-9-]*");

  @Test
  void thePageOfSearchNamesItsOptions() throws IOException {
    assertThat(options(commands().getSubcommands().get("search")))
        .hasSizeGreaterThan(90)
        .isSubsetOf(named());
  }

  @Test
  void thePageOfSearchNamesNoOptionThatIsNot() throws IOException {
    Set<String> known = new TreeSet<>();
    commands().getSubcommands().values().forEach(command -> known.addAll(options(command)));
    assertThat(named()).isSubsetOf(known);
  }

  /** In all their forms but {@code --help}, which says itself what it is. */
  private static Set<String> options(CommandLine command) {
    Set<String> names = new TreeSet<>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.hidden() && !option.usageHelp()) {
        names.add(option.longestName());
        if (option.negatable()) {
          names.add("--no-" + option.longestName().substring("--".length()));
        }
      }
    }
    return names;
  }

  private static Set<String> named() throws IOException {
    return OPTION
        .matcher(Repository.infra("docs/search.md"))
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static CommandLine commands() {
    return Commands.commandLine(new Console(System.out, System.err, 0));
  }
}
