package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.demo.DemoFiles;
import dev.selfpruner.infra.demo.DemoModel;
import dev.selfpruner.infra.embedded.Home;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The search of the model and the texts that come with the program. */
final class DemoSpec {
  private static final double SPARSITY = 0.3;
  private static final int CALIBRATION_WINDOWS = 32;
  private static final int SEARCH_WINDOWS = 16;
  private static final int TEST_WINDOWS = 64;

  private DemoSpec() {}

  /**
   * Unpacks the demo, and fills in what a draft does not say yet.
   *
   * @throws UserError if the draft has a model of its own
   */
  static void complete(SpecDraft draft, Preset preset) {
    draft
        .text("/model")
        .ifPresent(
            model -> {
              throw new UserError(
                  "--demo brings its own model: leave --demo out, or %s (--model, or model in a spec)"
                      .formatted(model));
            });
    DemoFiles files = unpack();
    draft.set("/model", files.model().toString());
    draft.setDefault("/sparsity", SPARSITY);
    draft.setDefault("/searchText/sequenceLength", DemoModel.SEQUENCE_LENGTH);
    draft.setDefault("/calibrationText/path", files.searchText().toString());
    draft.setDefault("/calibrationText/windows", CALIBRATION_WINDOWS);
    draft.setDefault("/testText/path", files.testText().toString());
    if (preset != Preset.PAPER) { // which searches on the whole test text
      draft.setDefault("/testText/windows", TEST_WINDOWS);
      draft.setDefault("/searchText/path", files.searchText().toString());
      draft.setDefault("/searchText/windows", SEARCH_WINDOWS);
    }
  }

  private static DemoFiles unpack() {
    try {
      return DemoModel.unpack(Home.open(Home.defaultFolder()).demo());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack the demo model", e);
    }
  }
}
