package dev.selfpruner.infra.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** What ends a search before its last iteration; the same command with more goes on. */
final class StoppingOptions {
  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      converter = Amount.class,
      description =
          "Tokens that may go through the model, such as 25M; one through a part of it counts as that part.")
  private Long maxTokens;

  @Option(
      names = "--max-evaluations",
      paramLabel = "N",
      converter = Amount.class,
      description = "Evaluations, those of single blocks and those found in the store included.")
  private Long maxEvaluations;

  @Option(
      names = "--max-time",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description =
          "Time since the search began, such as 90m or 2h, while a workflow of it was open: over all commands that went on with it.")
  private Duration maxTime;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "Iterations in which no new candidate becomes the best.")
  private Integer patience;

  /** Puts what was given over a draft. */
  void override(SpecDraft draft) {
    draft.option("/stopping/tokens", maxTokens);
    draft.option("/stopping/evaluations", maxEvaluations);
    draft.option("/stopping/seconds", maxTime == null ? null : maxTime.toSeconds());
    draft.option("/stopping/patience", patience);
  }

  /** Fills in that nothing else ends it. */
  static void complete(SpecDraft draft) {
    draft.setDefault("/stopping/tokens", Long.MAX_VALUE);
    draft.setDefault("/stopping/evaluations", Long.MAX_VALUE);
    draft.setDefault("/stopping/seconds", Long.MAX_VALUE);
    draft.setDefault("/stopping/patience", Integer.MAX_VALUE);
  }
}
