package dev.selfpruner.infra.cli;

import picocli.CommandLine.Option;

/** What every command understands. */
final class CommonOptions {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Option(names = "--verbose", description = "Show the log on standard error, stack traces too.")
  private boolean verbose;

  boolean isVerbose() {
    return verbose;
  }

  boolean isHelp() {
    return help;
  }
}
