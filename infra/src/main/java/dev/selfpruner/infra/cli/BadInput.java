package dev.selfpruner.infra.cli;

import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.infra.UserError;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;

/** Turns what the workers' classes say about a user's input into a user's error. */
final class BadInput {
  private BadInput() {}

  /** Something that depends on nothing but the input. */
  @FunctionalInterface
  interface Check<T> {
    T run() throws IOException;
  }

  /**
   * Runs a check of input.
   *
   * @throws UserError with the message that the check gave
   */
  static <T> T refused(Check<T> check) {
    try {
      return check.run();
    } catch (ModelFormatException | IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    } catch (FileNotFoundException | NoSuchFileException e) {
      throw new UserError("there is no file " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Fails if the tokenizer gave ids that the model has no row for.
   *
   * @throws UserError naming the largest
   */
  static void requireKnown(LoadedModel model, LocalModel.Text text) {
    try {
      model.requireKnows(text.ids());
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage(), e);
    }
  }
}
