package dev.selfpruner.gpu.activity;

import dev.selfpruner.gpu.text.TextFile;
import dev.selfpruner.gpu.text.TextTokenizer;
import dev.selfpruner.gpu.text.TokenIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Texts that one model's tokenizer has cut into tokens; a file that changed is read again. */
final class Texts {
  /** Calibration, search, held-out and test text. */
  private static final int KEPT = 4;

  private final TextTokenizer tokenizer;

  private final Map<Source, TokenizedText> recent =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Source, TokenizedText> eldest) {
          return size() > KEPT;
        }
      };

  private record Source(Path path, long bytes, long modified, boolean specialTokens) {}

  /**
   * A text as the model reads it.
   *
   * @param sha256 digest of the text
   * @param protocol how it was made from its file
   * @param ids its tokens
   */
  record TokenizedText(String sha256, String protocol, TokenIds ids) {}

  Texts(TextTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  synchronized TokenizedText read(Path path, boolean specialTokens) throws IOException {
    Source source =
        new Source(
            path, Files.size(path), Files.getLastModifiedTime(path).toMillis(), specialTokens);
    TokenizedText known = recent.get(source);
    if (known != null) {
      return known;
    }
    TextFile file = TextFile.read(path);
    TokenizedText text =
        new TokenizedText(
            file.sha256(), file.protocol(), tokenizer.encode(file.text(), specialTokens));
    recent.put(source, text);
    return text;
  }
}
