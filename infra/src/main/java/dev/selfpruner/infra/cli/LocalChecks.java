package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.Budget;
import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.export.PrunedModelWriter;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * For searches whose workers run in this process: their model and texts are here, and are read as
 * the workers will read them; of searches that have a model in common, once.
 */
final class LocalChecks implements SpecChecks {
  private final Supplier<Optional<String>> device;
  private Optional<LocalModel> model = Optional.empty();

  /**
   * @param device name of what this process computes on, asked for where it matters
   */
  LocalChecks(Supplier<String> device) {
    this.device = () -> Optional.of(device.get());
  }

  private LocalChecks() {
    device = Optional::empty;
  }

  /** Where the model and texts are here, and what computes may be elsewhere. */
  static LocalChecks ofFiles() {
    return new LocalChecks();
  }

  @Override
  public String model(String path) {
    Path directory = InputFiles.modelDirectory("--model", Path.of(path));
    if (model.filter(open -> open.directory().path().equals(directory)).isEmpty()) {
      close();
      model = Optional.of(LocalModel.open(directory));
    }
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
  public OptionalInt windows(String path, int sequenceLength, boolean beginOfSequence) {
    return sequenceLength < 1
        ? OptionalInt.empty() // which is refused with the whole spec
        : OptionalInt.of(
            model.orElseThrow().tokens(Path.of(path), beginOfSequence).count() / sequenceLength);
  }

  @Override
  public Optional<String> modelSha256() {
    return Optional.of(model.orElseThrow().directory().sha256());
  }

  @Override
  public Optional<ModelSizes> sizes(AttentionUnit unit) {
    LocalModel checked = model.orElseThrow();
    return Optional.of(
        new ModelSizes(
            checked.prunable(unit),
            checked.directory().parameters(),
            checked.directory().bytes(),
            checked.directory().matrixTypes()));
  }

  @Override
  public Optional<String> device() {
    return device.get();
  }

  @Override
  public int contextLength() {
    return model.orElseThrow().directory().config().contextLength();
  }

  @Override
  public void check(SearchSpec spec) {
    LocalModel checked = model.orElseThrow();
    requireWritable(spec, checked);
    spec.latency().forEach(this::check);
    if (spec.latency().isEmpty()) {
      requireReachable(spec, checked);
    }
    checked.requireWithinContext(spec.calibrationText().sequenceLength(), " (calibration text)");
    checked.requireWithinContext(spec.searchText().sequenceLength(), " (search text)");
    checked.requireWithinContext(spec.testText().sequenceLength(), " (test text)");
  }

  private void check(Target.Latency target) {
    Optional<String> here = device.get().filter(name -> !name.equals(target.device()));
    if (here.isPresent()) {
      throw new UserError(
          "%s: the budget is one for '%s', and workers here compute on '%s': leave %s out, choose --devices, or search with --no-workers where such a device is"
              .formatted(
                  LatencyOptions.TARGET, target.device(), here.get(), LatencyOptions.DEVICE));
    }
    if (target.tokens() > contextLength()) {
      throw new UserError(
          "--latency-tokens: sequences of %d tokens do not fit the model, whose context is %d: give fewer"
              .formatted(target.tokens(), contextLength()));
    }
  }

  private static void requireWritable(SearchSpec spec, LocalModel checked) {
    try {
      PrunedModelWriter.requireWritable(checked.directory(), spec.format());
    } catch (ModelFormatException e) {
      throw new UserError("--format: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the model's configuration", e);
    }
  }

  private static void requireReachable(SearchSpec spec, LocalModel checked) {
    try {
      Budget unused =
          new Budget(checked.prunable(unit(spec)), spec.sparsity(), spec.widthMultiple());
    } catch (IllegalArgumentException e) {
      throw new UserError("--sparsity: " + e.getMessage(), e);
    }
  }

  private static AttentionUnit unit(SearchSpec spec) {
    return spec.method().stream()
        .map(Method::attentionUnit)
        .findFirst()
        .orElse(AttentionUnit.QUERY_HEAD);
  }

  @Override
  public void checkTexts(SearchSpec spec) {
    LocalModel checked = model.orElseThrow();
    List<TextWindows> heldOut =
        spec.method().stream().flatMap(method -> method.heldOut().stream()).toList();
    Stream.of(List.of(spec.calibrationText(), spec.searchText(), spec.testText()), heldOut)
        .flatMap(List::stream)
        .forEach(checked::read);
  }

  @Override
  public void close() {
    model.ifPresent(LocalModel::close);
    model = Optional.empty();
  }
}
