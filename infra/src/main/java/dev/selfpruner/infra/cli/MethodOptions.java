package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.search.RemovalOrder;
import dev.selfpruner.activities.search.SearchSpace;
import dev.selfpruner.infra.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/**
 * How a search goes beyond the published one. Any of these makes a published preset one that has a
 * method: as published in all else.
 */
final class MethodOptions {
  /** Where a draft has its method. */
  static final String METHOD = "/method/0";

  static final double DEFAULT_DAMPING = 3e-4;
  static final List<Double> DEFAULT_FINAL_DAMPINGS = List.of(3e-4, 3e-3, 3e-2);

  @Option(
      names = "--space",
      paramLabel = "NAME",
      description =
          "What candidates differ in: blocks (default: attention and MLP of every layer apart), or layers (one rate a layer, as published).")
  private SearchSpace space;

  @Option(
      names = "--attention-unit",
      paramLabel = "NAME",
      converter = Choice.OfAttentionUnit.class,
      description =
          "What goes from attention at once: query-head (default), head-of-every-group (groups stay of equal size), or group (a key-value head with all that read it).")
  private AttentionUnit attentionUnit;

  @Option(
      names = "--order",
      paramLabel = "NAME",
      converter = Choice.OfOrder.class,
      description =
          "In which units go: brain-surgeon (default; needs reconstruction), or wanda-sp (as published; default without reconstruction).")
  private RemovalOrder order;

  @Option(
      names = "--reconstruction",
      paramLabel = "NAME",
      converter = Choice.OfReconstruction.class,
      description =
          "What makes up for removed units: sequential (default: least squares while candidates are compared, and layer by layer for the best), dense-once (the former only), or none.")
  private Reconstruction reconstruction;

  @Option(
      names = "--damping",
      paramLabel = "X",
      description = "Of the least squares while candidates are compared (default: 3e-4).")
  private Double damping;

  @Option(
      names = "--final-dampings",
      paramLabel = "A,B",
      converter = DampingList.Converter.class,
      description =
          "Tried in the final fit; held-out text chooses among them and no final fit (default: 3e-4,3e-3,3e-2).")
  private DampingList finalDampings;

  @Option(
      names = "--probe-levels",
      paramLabel = "N",
      description = "Widths that every MLP is measured at by itself (default: 11).")
  private Integer probeLevels;

  @Option(
      names = "--probe-windows",
      paramLabel = "N",
      description =
          "Windows that single blocks are measured on at the beginning; 0 measures none (default: 8).")
  private Integer probeWindows;

  @Option(
      names = "--descents",
      paramLabel = "N",
      description =
          "First iterations that measure one step up and down in every block of the best (default: 10).")
  private Integer descents;

  @Option(
      names = "--descent-windows",
      paramLabel = "N",
      description = "Windows that those steps are measured on (default: 8).")
  private Integer descentWindows;

  @Option(
      names = "--descent-step",
      paramLabel = "SHARE",
      description = "Share of an MLP's neurons in the first descent's step (default: 0.08).")
  private Double descentStep;

  @Option(
      names = "--far-descents",
      paramLabel = "N",
      description =
          "First descents that measure attention at one, two, four and more units up and down, not at one alone (default: 3).")
  private Integer farDescents;

  @Option(
      names = "--initial",
      paramLabel = "N",
      description =
          "Candidates of the first population, of which selection leaves --population (default: 32).")
  private Integer initial;

  @Option(
      names = "--level-switches",
      paramLabel = "N",
      description =
          "Offspring an iteration that move units from one block to another (default: 32, with an LLM 24); without any, mutation and crossover make them.")
  private Integer levelSwitches;

  @Option(
      names = "--adaptive",
      negatable = true,
      description =
          "Shift the numbers of level switches, mutations and crossovers towards what survives, or not (default: where an LLM proposes).")
  private Boolean adaptive;

  @Option(
      names = "--stages",
      paramLabel = "W:S,...",
      converter = StageList.Converter.class,
      description =
          "Rounds of selection: windows, and how many candidates go on; the last leaves the population (default: 1:8,4:3,16:3).")
  private StageList stages;

  @Option(
      names = "--held-out-windows",
      paramLabel = "N",
      converter = HeldOutCount.class,
      description =
          "Windows at the end of the search text that the last population is compared on; 0 is none, 'all' is for another text (default: 8).")
  private Integer heldOutWindows;

  @Option(
      names = "--held-out-text",
      paramLabel = "FILE",
      description = "Another text for that, from its beginning.")
  private Path heldOutText;

  /**
   * Puts what was given over a draft.
   *
   * @param population as given by itself, or null
   * @throws UserError if options contradict each other
   */
  void override(SpecDraft draft, Integer population) {
    draft.option(METHOD + "/space", space);
    draft.option(METHOD + "/attentionUnit", attentionUnit);
    draft.option(METHOD + "/order", order);
    draft.option(METHOD + "/probing/levels", probeLevels);
    draft.option(METHOD + "/probing/windows", probeWindows);
    draft.option(METHOD + "/probing/descentWindows", descentWindows);
    draft.option(METHOD + "/probing/step", descentStep);
    draft.option(METHOD + "/probing/farDescents", farDescents);
    draft.option(METHOD + "/mix/descents", descents);
    draft.option(METHOD + "/mix/initial", initial);
    draft.option(METHOD + "/mix/levelSwitches", levelSwitches);
    draft.option(METHOD + "/mix/adaptive", adaptive);
    reconstruct(draft);
    select(draft, population);
  }

  /** What was said of held-out text, for which the search text's length has to be known. */
  HeldOutChoice heldOut() {
    if (heldOutWindows != null && heldOutWindows < 0) {
      throw new UserError("--held-out-windows: there are no negative windows: " + heldOutWindows);
    }
    return new HeldOutChoice(
        heldOutWindows == null ? OptionalInt.empty() : OptionalInt.of(heldOutWindows),
        Optional.ofNullable(heldOutText));
  }

  private void reconstruct(SpecDraft draft) {
    if (reconstruction == Reconstruction.NONE) {
      refuse("--reconstruction none", "--damping", damping);
      refuse("--reconstruction none", "--final-dampings", finalDampings);
      draft.set(METHOD + "/compensation", Map.of("type", "none"));
      draft.set(METHOD + "/dampings", List.of());
      if (order == null) {
        draft.set(METHOD + "/order", RemovalOrder.WANDA_SP);
      }
      return;
    }
    if (reconstruction != null || damping != null) {
      double chosen =
          damping == null
              ? draft.value(METHOD + "/compensation/damping", Double.class).orElse(DEFAULT_DAMPING)
              : damping;
      draft.set(METHOD + "/compensation", leastSquares(chosen));
    }
    if (reconstruction == Reconstruction.DENSE_ONCE) {
      refuse("--reconstruction dense-once", "--final-dampings", finalDampings);
      draft.set(METHOD + "/dampings", List.of());
    } else if (finalDampings != null) {
      draft.set(METHOD + "/dampings", finalDampings.dampings());
    } else if (reconstruction == Reconstruction.SEQUENTIAL
        && draft.get(METHOD + "/dampings/0").isEmpty()) {
      draft.set(METHOD + "/dampings", DEFAULT_FINAL_DAMPINGS);
    }
  }

  private void select(SpecDraft draft, Integer population) {
    if (stages == null) {
      return;
    }
    if (population != null && population != stages.population()) {
      throw new UserError(
          "--population %d, but the last of --stages leaves %d: give one of them, or the same"
              .formatted(population, stages.population()));
    }
    draft.set(METHOD + "/stages", stages.stages());
    draft.set("/evolution/population", stages.population());
  }

  static Map<String, Object> leastSquares(double damping) {
    return Map.of("type", "least-squares", "damping", damping);
  }

  private static void refuse(String option, String rival, Object given) {
    if (given != null) {
      throw new UserError(
          "%s and %s contradict each other: give one of them".formatted(option, rival));
    }
  }
}
