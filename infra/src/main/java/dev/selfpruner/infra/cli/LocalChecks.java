package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.workflows.SearchSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * For a search whose workers run in this process: its model and texts are here, and are read as the
 * workers will read them.
 */
final class LocalChecks implements SpecChecks {
  private Optional<LocalModel> model = Optional.empty();

  @Override
  public String model(String path) {
    Path directory = InputFiles.modelDirectory("--model", Path.of(path));
    model = Optional.of(LocalModel.open(directory));
    return directory.toString();
  }

  @Override
  public String text(String option, String path) {
    return InputFiles.readable(option, Path.of(path)).toString();
  }

  /** The model, once its path has been checked; closed with this. */
  LocalModel model() {
    return model.orElseThrow();
  }

  @Override
  public int contextLength() {
    return model.orElseThrow().directory().config().contextLength();
  }

  @Override
  public void check(SearchSpec spec) {
    LocalModel checked = model.orElseThrow();
    try {
      Budget unused = new Budget(checked.prunable(), spec.sparsity(), spec.widthMultiple());
    } catch (IllegalArgumentException e) {
      throw new UserError("--sparsity: " + e.getMessage(), e);
    }
    checked.requireWithinContext(spec.calibrationText().sequenceLength(), " (calibration text)");
    checked.requireWithinContext(spec.searchText().sequenceLength(), " (search text)");
    checked.requireWithinContext(spec.testText().sequenceLength(), " (test text)");
  }

  @Override
  public void checkTexts(SearchSpec spec) {
    LocalModel checked = model.orElseThrow();
    for (TextWindows text : List.of(spec.calibrationText(), spec.searchText(), spec.testText())) {
      checked.read(text);
    }
  }

  @Override
  public void close() {
    model.ifPresent(LocalModel::close);
    model = Optional.empty();
  }
}
