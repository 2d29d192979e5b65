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

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      description =
          "text, or json: a line an event, with the search, iteration and candidate that it is about (default: SELFPRUNER_LOG_FORMAT, else text).")
  private LogFormat logFormat = LogFormat.TEXT;

  /** What lines of the log look like; read by {@code Main} before the first of them. */
  enum LogFormat {
    TEXT,
    JSON
  }

  LogFormat logFormat() {
    return logFormat;
  }

  boolean isVerbose() {
    return verbose;
  }

  boolean isHelp() {
    return help;
  }
}
