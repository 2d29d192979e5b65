package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.infra.UserError;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fills in what neither options nor a spec say of a search.
 *
 * @param preset that says it
 * @param measured sizes of a search that measures first
 */
record SpecDefaults(SpecDraft draft, SpecChecks checks, Preset preset, MethodSizes measured) {
  /** Longest window that the paper's preset chooses: an evaluation holds its hidden states. */
  static final int LONGEST_PAPER_WINDOW = 8192;

  static final int CALIBRATION_WINDOWS = 16;
  static final int SEARCH_WINDOWS = 4;

  static final List<String> TEXTS = List.of("/calibrationText", "/searchText", "/testText");

  /**
   * Completes the draft of a search whose model and texts are checked.
   *
   * @return what people are told of it
   */
  List<String> complete(LlmOptions llm, HeldOutChoice heldOut) {
    draft.setDefault("/seed", 0);
    draft.setDefault("/keepImproved", false);
    draft.setDefault("/objective", Map.of("type", "perplexity"));
    if (draft.text("/objective/type").equals(Optional.of("divergence"))) {
      draft.setDefault("/objective/likeliest", Objective.Divergence.DEFAULT_LIKELIEST);
    }
    draft.setDefault("/run", 1);
    llm.complete(draft, preset);
    StoppingOptions.complete(draft);
    sizes();
    lengths();
    boolean methodical = preset == Preset.MEASURED || draft.get(MethodOptions.METHOD).isPresent();
    TextDefaults texts = new TextDefaults(draft, checks);
    List<String> notes = List.of();
    if (preset == Preset.MEASURED) {
      notes = texts.complete(heldOut);
    } else {
      publishedTexts();
      if (methodical) {
        texts.holdOut(heldOut);
      }
    }
    if (methodical) {
      new MethodDefaults(draft, preset, measured, texts.searchWindows()).complete();
    } else {
      draft.set("/method", List.of());
    }
    return notes;
  }

  private void sizes() {
    Evolution sizes =
        switch (preset) {
          case MEASURED -> measuredSizes();
          case SMALL -> Evolution.SMALL;
          case PAPER -> Evolution.PAPER;
        };
    draft.setDefault("/evolution/population", sizes.population());
    draft.setDefault("/evolution/iterations", sizes.iterations());
    draft.setDefault("/evolution/mutations", sizes.mutations());
    draft.setDefault("/evolution/crossovers", sizes.crossovers());
  }

  /** The built-in operators leave offspring to level switches, where there are any. */
  private Evolution measuredSizes() {
    int levelSwitches =
        draft
            .value(MethodOptions.METHOD + "/mix/levelSwitches", Integer.class)
            .orElse(measured.offspring());
    int each =
        levelSwitches == 0
            ? measured.offspring() / 2
            : MethodDefaults.asksLlm(draft) ? measured.fromLlm() : 0;
    return new Evolution(measured.population(), measured.iterations(), each, each);
  }

  private void lengths() {
    for (String text : TEXTS) {
      draft.setDefault(text + "/beginOfSequence", true);
    }
    if (draft.get("/searchText/sequenceLength").isEmpty()) {
      draft.set("/searchText/sequenceLength", window(checks.contextLength()));
    }
    draft.setDefault("/testText/sequenceLength", draft.number("/searchText/sequenceLength"));
    draft.setDefault("/calibrationText/sequenceLength", draft.number("/searchText/sequenceLength"));
    draft.setDefault("/calibrationText/firstWindow", 0);
    draft.setDefault("/testText/firstWindow", 0);
    draft.setDefault("/testText/windows", TextWindows.ALL);
  }

  private void publishedTexts() {
    boolean paper = preset == Preset.PAPER;
    draft.setDefault("/calibrationText/windows", CALIBRATION_WINDOWS);
    draft.setDefault(
        "/searchText/path",
        draft.text(paper ? "/testText/path" : "/calibrationText/path").orElseThrow());
    draft.setDefault("/searchText/windows", paper ? TextWindows.ALL : SEARCH_WINDOWS);
    boolean papers = paper && draft.text("/searchText/path").equals(draft.text("/testText/path"));
    draft.setDefault("/searchText/firstWindow", papers ? 0 : TextDefaults.firstSearchWindow(draft));
  }

  private int window(int context) {
    if (preset == Preset.PAPER && context == Integer.MAX_VALUE) {
      throw new UserError(
          "--preset paper: windows are as long as the model's context, which is not known here: give --sequence-length");
    }
    return Math.min(
        context, preset == Preset.PAPER ? LONGEST_PAPER_WINDOW : LocalModel.LONGEST_DEFAULT_WINDOW);
  }
}
