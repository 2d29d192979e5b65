package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.text.TextFile;
import dev.selfpruner.gpu.text.TextTokenizer;
import dev.selfpruner.gpu.text.TokenIds;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.infra.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A model of this machine whose files have been checked, with its tokenizer. */
final class LocalModel implements AutoCloseable {
  /** Longest window that is chosen where none is asked for. */
  static final int LONGEST_DEFAULT_WINDOW = 2048;

  private final ModelDirectory directory;
  private final TextTokenizer tokenizer;
  private final List<Tokenised> texts = new ArrayList<>();

  private LocalModel(ModelDirectory directory, TextTokenizer tokenizer) {
    this.directory = directory;
    this.tokenizer = tokenizer;
  }

  /** A whole text's tokens. */
  private record Tokenised(Path path, boolean beginOfSequence, TextFile file, TokenIds ids) {}

  /**
   * A text and the windows that are cut out of it.
   *
   * @param file the text as the tokenizer got it
   * @param ids the whole text's tokens
   * @param windows the windows asked for
   */
  record Text(TextFile file, TokenIds ids, TokenWindows windows) {}

  /**
   * Opens a model.
   *
   * @throws UserError if it cannot be read
   */
  static LocalModel open(Path path) {
    ModelDirectory directory = BadInput.refused(() -> ModelDirectory.open(path));
    try {
      return new LocalModel(directory, BadInput.refused(() -> TextTokenizer.open(path)));
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /** Loads the weights in the order of the files, for the caller to close. */
  LoadedModel load(ComputeOptions options) {
    return BadInput.refused(
        () ->
            LoadedModel.load(
                LoadedModel.stored(directory, options.numericType()), options.first()));
  }

  ModelDirectory directory() {
    return directory;
  }

  /** The special tokens that the tokenizer adds to a text. */
  TokenIds specialTokens() {
    return tokenizer.specialTokens();
  }

  /**
   * The model as plans see it, before importance is known: sizes and budgets do not depend on it.
   */
  PrunableModel prunable() {
    return prunable(AttentionUnit.QUERY_HEAD);
  }

  /**
   * The model as plans see it, before importance is known, in units of attention.
   *
   * @throws UserError if it has no such units
   */
  PrunableModel prunable(AttentionUnit unit) {
    LlamaConfig config = directory.config();
    return BadInput.refused(() -> StoredUnits.prunable(config, unit));
  }

  /**
   * Tokens in a window: those asked for, else what the model was made for, within reason.
   *
   * @throws UserError if they are more than the model's context
   */
  int sequenceLength(OptionalInt wanted) {
    int context = directory.config().contextLength();
    requireWithinContext(wanted.orElse(2), "");
    return wanted.orElse(Math.min(LONGEST_DEFAULT_WINDOW, context));
  }

  /**
   * Fails if windows are longer than the model's context.
   *
   * @param where a word for the message
   */
  void requireWithinContext(int sequenceLength, String where) {
    int context = directory.config().contextLength();
    if (sequenceLength < 2 || sequenceLength > context) {
      throw new UserError(
          "windows of %d tokens%s do not fit the model, whose context is %d: give a sequence length from 2 to %d"
              .formatted(sequenceLength, where, context, context));
    }
  }

  /**
   * All tokens of a text, read once.
   *
   * @throws UserError if it cannot be read
   */
  TokenIds tokens(Path text, boolean beginOfSequence) {
    return read(text, beginOfSequence).ids();
  }

  private Tokenised read(Path text, boolean beginOfSequence) {
    Optional<Tokenised> known =
        texts.stream()
            .filter(it -> it.path().equals(text) && it.beginOfSequence() == beginOfSequence)
            .findFirst();
    if (known.isPresent()) {
      return known.get();
    }
    Tokenised read =
        BadInput.refused(
            () -> {
              TextFile file = TextFile.read(text);
              TokenIds ids = tokenizer.encode(file.text(), beginOfSequence);
              return new Tokenised(text, beginOfSequence, file, ids);
            });
    texts.add(read);
    return read;
  }

  /**
   * Reads a text and cuts windows out of it.
   *
   * @throws UserError if it cannot be read, or has fewer windows
   */
  Text read(TextWindows wanted) {
    Tokenised text = read(Path.of(wanted.path()), wanted.beginOfSequence());
    return BadInput.refused(
        () -> new Text(text.file(), text.ids(), TokenWindows.cut(text.ids(), wanted)));
  }

  @Override
  public void close() {
    tokenizer.close();
    directory.close();
  }
}
