package dev.selfpruner.gpu.activity;

import ai.djl.Device;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.NumericType;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.model.UnitOrder;
import dev.selfpruner.gpu.text.TextTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** The model that a worker has at hand: its files, its tokenizer, and its weights once needed. */
final class OpenModel implements AutoCloseable {
  private final ModelDirectory directory;
  private final TextTokenizer tokenizer;
  private final Texts texts;
  private final Device device;
  private Optional<Ordered> ordered = Optional.empty();

  private record Ordered(String calibration, LoadedModel weights) {}

  private OpenModel(ModelDirectory directory, TextTokenizer tokenizer, Device device) {
    this.directory = directory;
    this.tokenizer = tokenizer;
    this.texts = new Texts(tokenizer);
    this.device = device;
  }

  static OpenModel open(Path path, Device device) throws IOException {
    ModelDirectory directory = ModelDirectory.open(path);
    try {
      return new OpenModel(directory, TextTokenizer.open(path), device);
    } catch (RuntimeException | IOException e) {
      directory.close();
      throw e;
    }
  }

  ModelDirectory directory() {
    return directory;
  }

  Texts texts() {
    return texts;
  }

  NumericType numericType() {
    return NumericType.of(device);
  }

  /**
   * Fails if this is not the model that was calibrated.
   *
   * @throws IllegalArgumentException naming both
   */
  void requireContent(String sha256) {
    if (!directory.sha256().equals(sha256)) {
      throw new IllegalArgumentException(
          "the model in %s is not the one that was calibrated: its digest is %s, not %s - start the search anew"
              .formatted(directory.path(), directory.sha256(), sha256));
    }
  }

  /** Weights in the order of a calibration; loaded when first asked for, and kept. */
  LoadedModel weights(String calibration, Supplier<UnitOrder> order) {
    if (ordered.isEmpty() || !ordered.get().calibration().equals(calibration)) {
      unload();
      ordered =
          Optional.of(
              new Ordered(
                  calibration, LoadedModel.load(directory, order.get(), device, numericType())));
    }
    return ordered.get().weights();
  }

  /** Weights in the order of the files, for the caller to close; others are unloaded first. */
  LoadedModel loadAsStored() {
    unload();
    return LoadedModel.load(directory, device, numericType());
  }

  private void unload() {
    ordered.ifPresent(loaded -> loaded.weights().close());
    ordered = Optional.empty();
  }

  @Override
  public void close() {
    unload();
    tokenizer.close();
    directory.close();
  }
}
