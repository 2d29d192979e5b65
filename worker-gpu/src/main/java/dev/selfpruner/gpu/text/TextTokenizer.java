package dev.selfpruner.gpu.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.selfpruner.gpu.ModelFormatException;
import dev.selfpruner.gpu.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A model's own tokenizer, {@code tokenizer.json}. Texts are neither truncated nor padded, whatever
 * the file asks for. Usable by several threads.
 */
public final class TextTokenizer implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;

  private TextTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Loads {@code tokenizer.json} from a model's directory.
   *
   * @throws ModelFormatException if there is none, or it is damaged
   * @throws IOException if it cannot be read
   */
  public static TextTokenizer open(Path directory) throws IOException {
    Path file = directory.resolve(ModelDirectory.TOKENIZER);
    if (!Files.isRegularFile(file)) {
      throw new ModelFormatException(
          file, "there is no such file", "give the directory of a Hugging Face model");
    }
    try {
      return new TextTokenizer(
          HuggingFaceTokenizer.newInstance(
              file, Map.of("truncation", "do_not_truncate", "padding", "do_not_pad")));
    } catch (RuntimeException e) {
      throw new ModelFormatException(
          file, "it is not a tokenizer (" + e.getMessage() + ")", "download it again");
    }
  }

  /**
   * Tokenises a whole text.
   *
   * @param specialTokens whether the tokenizer's own post-processor adds its tokens (LLaMA's: one
   *     for the beginning of the text)
   */
  public TokenIds encode(String text, boolean specialTokens) {
    // HuggingFaceTokenizer.encode would also build a string and a character span for each token.
    TokenizersLibrary library = TokenizersLibrary.LIB;
    long encoding = library.encode(tokenizer.getHandle(), text, specialTokens);
    try {
      return TokenIds.of(library.getTokenIds(encoding));
    } finally {
      library.deleteEncoding(encoding);
    }
  }

  /** The tokens that the post-processor adds to a text: none, for some tokenizers. */
  public TokenIds specialTokens() {
    return encode("", true);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
