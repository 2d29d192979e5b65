package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.search.RemovalOrder;
import dev.selfpruner.activities.search.SearchSpace;
import dev.selfpruner.activities.search.Stage;
import dev.selfpruner.infra.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Fills in what neither options nor a spec say of a search's method: what measured best, or with a
 * published preset what is as published.
 *
 * @param sizes of a search that measures first
 * @param searchWindows of the search text; empty where the text is elsewhere and all are meant
 */
record MethodDefaults(
    SpecDraft draft, Preset preset, MethodSizes sizes, OptionalInt searchWindows) {
  private static final String METHOD = MethodOptions.METHOD;
  private static final double STEP = 0.08;

  private static final int FAR_DESCENTS = 3;

  /** Whether an LLM makes offspring. */
  static boolean asksLlm(SpecDraft draft) {
    return draft.text("/generator/type").equals(Optional.of("llm"));
  }

  void complete() {
    boolean measured = preset == Preset.MEASURED;
    draft.setDefault(METHOD + "/space", measured ? SearchSpace.BLOCKS : SearchSpace.LAYERS);
    draft.setDefault(METHOD + "/attentionUnit", AttentionUnit.QUERY_HEAD);
    draft.setDefault(
        METHOD + "/compensation",
        measured
            ? MethodOptions.leastSquares(MethodOptions.DEFAULT_DAMPING)
            : Map.of("type", "none"));
    boolean compensated =
        draft.text(METHOD + "/compensation/type").equals(Optional.of("least-squares"));
    draft.setDefault(
        METHOD + "/order",
        measured && compensated ? RemovalOrder.BRAIN_SURGEON : RemovalOrder.WANDA_SP);
    draft.setDefault(
        METHOD + "/dampings",
        measured && compensated ? MethodOptions.DEFAULT_FINAL_DAMPINGS : List.of());
    probing(measured);
    draft.setDefault(METHOD + "/mix/descents", measured ? sizes.descents() : 0);
    draft.setDefault(
        METHOD + "/mix/levelSwitches", measured ? sizes.levelSwitches(asksLlm(draft)) : 0);
    boolean probes = draft.number(METHOD + "/probing/windows") > 0;
    draft.setDefault(METHOD + "/mix/initial", measured && probes ? sizes.initial() : 0);
    draft.setDefault(METHOD + "/mix/adaptive", measured && asksLlm(draft));
    if (draft.get(METHOD + "/stages").isEmpty()) {
      draft.set(METHOD + "/stages", stages(measured));
    }
    draft.setDefault(METHOD + "/heldOut", List.of());
  }

  private void probing(boolean measured) {
    int windows = Math.min(sizes.probeWindows(), searchWindows.orElse(sizes.probeWindows()));
    draft.setDefault(METHOD + "/probing/levels", sizes.probeLevels());
    draft.setDefault(METHOD + "/probing/windows", measured ? windows : 0);
    draft.setDefault(METHOD + "/probing/descentWindows", windows);
    draft.setDefault(METHOD + "/probing/step", STEP);
    draft.setDefault(METHOD + "/probing/farDescents", FAR_DESCENTS);
  }

  /** On as many windows as there are: of stages that then read as many, the last stays. */
  private List<Stage> stages(boolean measured) {
    int population = draft.number("/evolution/population");
    if (!measured) {
      return List.of(new Stage(requireSearchWindows(), population));
    }
    int most = searchWindows.orElse(Integer.MAX_VALUE);
    List<Stage> stages = new ArrayList<>();
    for (Stage usual : sizes.stages()) {
      int windows = Math.min(most, usual.windows());
      boolean last = usual.survivors() == sizes.population();
      stages.removeIf(stage -> stage.windows() == windows);
      stages.add(new Stage(windows, last ? population : Math.max(usual.survivors(), population)));
    }
    return stages;
  }

  private int requireSearchWindows() {
    return searchWindows.orElseThrow(
        () ->
            new UserError(
                "--search-windows: how many windows the search text has isn't known here: give a number, or --stages"));
  }
}
