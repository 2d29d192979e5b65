package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.workflows.SearchSpec;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** For a search whose workers run elsewhere: paths are theirs, and only their form is looked at. */
final class RemoteChecks implements SpecChecks {
  @Override
  public String model(String path) {
    return absolute("--model", path);
  }

  @Override
  public String text(String option, String path) {
    return absolute(option, path);
  }

  @Override
  public OptionalInt windows(String path, int sequenceLength, boolean beginOfSequence) {
    return OptionalInt.empty();
  }

  @Override
  public Optional<String> modelSha256() {
    return Optional.empty();
  }

  @Override
  public Optional<ModelSizes> sizes(AttentionUnit unit) {
    return Optional.empty();
  }

  @Override
  public Optional<String> device() {
    return Optional.empty();
  }

  @Override
  public int contextLength() {
    return Integer.MAX_VALUE;
  }

  @Override
  public void check(SearchSpec spec) {}

  @Override
  public void checkTexts(SearchSpec spec) {}

  @Override
  public void close() {}

  private static String absolute(String option, String path) {
    if (!Path.of(path).isAbsolute()) {
      throw new UserError(
          "%s: %s is not absolute: with --no-workers, paths are those that the workers see"
              .formatted(option, path));
    }
    return path;
  }
}
