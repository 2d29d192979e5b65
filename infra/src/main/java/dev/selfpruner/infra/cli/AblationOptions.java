package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.infra.UserError;
import java.util.Map;
import picocli.CommandLine.Option;

/** Parts of the search left out: the paper's ablation (Table 3), and the LLM altogether. */
final class AblationOptions {
  static final String RANDOM_INITIALISATION = "--random-initialisation";
  static final String WITHOUT_MUTATION = "--without-mutation";
  static final String WITHOUT_CROSSOVER = "--without-crossover";
  static final String BUILT_IN = "--built-in";

  @Option(
      names = RANDOM_INITIALISATION,
      description = "Draw the first population at random, whoever proposes the rest.")
  private boolean randomInitialisation;

  @Option(names = WITHOUT_MUTATION, description = "No offspring by mutation.")
  private boolean withoutMutation;

  @Option(names = WITHOUT_CROSSOVER, description = "No offspring by crossover.")
  private boolean withoutCrossover;

  @Option(
      names = BUILT_IN,
      description =
          "Let the built-in operators propose, whatever a spec or options say about an LLM.")
  private boolean builtIn;

  /**
   * Puts what was given over a draft.
   *
   * @param mutations as given by themselves, or null
   * @param crossovers as given by themselves, or null
   * @throws UserError if they are to be there and left out
   */
  void override(SpecDraft draft, Integer mutations, Integer crossovers) {
    if (withoutMutation) {
      leaveOut(draft, "/evolution/mutations", WITHOUT_MUTATION, "--mutations", mutations);
    }
    if (withoutCrossover) {
      leaveOut(draft, "/evolution/crossovers", WITHOUT_CROSSOVER, "--crossovers", crossovers);
    }
    if (builtIn) {
      draft.set("/generator", Map.of("type", "built-in"));
      draft.set("/initialisation", Map.of("type", "built-in"));
      draft.set("/limits", LlmLimits.NONE);
    }
    if (randomInitialisation) {
      draft.set("/initialisation", Map.of("type", "random"));
    }
  }

  private static void leaveOut(
      SpecDraft draft, String pointer, String option, String rival, Integer wanted) {
    if (wanted != null && wanted != 0) {
      throw new UserError(
          "%s and %s %d contradict each other: give one of them".formatted(option, rival, wanted));
    }
    draft.set(pointer, 0);
  }
}
