package dev.selfpruner.infra.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which of a search's outcomes is wanted, and where its model goes. */
final class OutcomeOptions {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Where the pruned model goes: a directory that is not there yet (default: in the home folder).")
  private Path out;

  @Option(
      names = "--new",
      description = "Search anew where this search has been finished before (as its next run).")
  private boolean anew;

  @Option(
      names = "--svg",
      paramLabel = "FILE",
      description = "Write a picture too: what every layer keeps of its attention and its MLP.")
  private Path picture;

  Optional<Path> picture() {
    return Optional.ofNullable(picture);
  }

  Optional<Path> out() {
    return Optional.ofNullable(out);
  }

  boolean anew() {
    return anew;
  }
}
