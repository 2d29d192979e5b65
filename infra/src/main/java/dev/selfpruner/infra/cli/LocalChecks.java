package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.workflows.SearchSpec;
import java.nio.file.Path;

/** For a search whose workers run in this process: its files are here, and are looked at. */
final class LocalChecks implements SpecChecks {
  private int contextLength = Integer.MAX_VALUE;

  @Override
  public String model(String path) {
    Path directory = InputFiles.modelDirectory("--model", Path.of(path));
    try (ModelDirectory model = ModelDirectory.open(directory)) {
      contextLength = model.config().contextLength();
    }
    return directory.toString();
  }

  @Override
  public String text(String option, String path) {
    return InputFiles.readable(option, Path.of(path)).toString();
  }

  @Override
  public int contextLength() {
    return contextLength;
  }

  @Override
  public void check(SearchSpec spec) {
    requireWithinContext("calibration", spec.calibrationText());
    requireWithinContext("search", spec.searchText());
    requireWithinContext("test", spec.testText());
  }

  private void requireWithinContext(String name, TextWindows text) {
    if (text.sequenceLength() > contextLength) {
      throw new UserError(
          "windows of %d tokens (%s text) are longer than the model's context of %d: give a shorter --sequence-length"
              .formatted(text.sequenceLength(), name, contextLength));
    }
  }
}
