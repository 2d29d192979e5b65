package dev.selfpruner.gpu.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selfpruner.activities.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A text as the tokenizer gets it.
 *
 * @param text the text, joined where it is WikiText
 * @param sha256 digest of {@code text} in UTF-8
 * @param wikiText whether the file was joined as WikiText is
 */
public record TextFile(String text, String sha256, boolean wikiText) {
  private static final Pattern WIKI_TEXT = Pattern.compile("wiki\\..+\\.raw");

  /** A tokenizer needs some hundred bytes a token: a larger text would exhaust the memory. */
  private static final long MOST_BYTES = 256L << 20;

  /**
   * Reads a text file. One that is named {@code wiki.*.raw} is joined as its users do: its rows are
   * its lines, each with its newline, a line that is a single space becomes an empty row, and a
   * blank line goes between rows. Any other file is taken as it is.
   *
   * @throws IllegalArgumentException if the file isn't UTF-8, is empty or is too large
   * @throws IOException if it cannot be read
   */
  public static TextFile read(Path file) throws IOException {
    long size = Files.size(file);
    if (size == 0 || size > MOST_BYTES) {
      throw new IllegalArgumentException(
          "text %s has %,d bytes, and 1 to %,d can be read - give %s"
              .formatted(file, size, MOST_BYTES, size == 0 ? "another" : "a part of it"));
    }
    boolean wikiText = WIKI_TEXT.matcher(String.valueOf(file.getFileName())).matches();
    String content = decode(file, Files.readAllBytes(file));
    String text = wikiText ? joined(content) : content;
    return new TextFile(text, Digests.sha256(text), wikiText);
  }

  /** How the text was made from the file, for people who want to compare numbers. */
  public String protocol() {
    return wikiText ? "rows joined by blank lines" : "as it is";
  }

  private static String joined(String content) {
    StringBuilder text = new StringBuilder(content.length() + content.length() / 50);
    int next = 0;
    while (next < content.length()) {
      if (next > 0) {
        text.append("\n\n");
      }
      int newline = content.indexOf('\n', next);
      int end = newline < 0 ? content.length() : newline + 1;
      if (!content.startsWith(" \n", next)) {
        text.append(content, next, end);
      }
      next = end;
    }
    return text.toString();
  }

  private static String decode(Path file, byte[] bytes) {
    CharsetDecoder decoder =
        UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer input = ByteBuffer.wrap(bytes);
    CharBuffer output = CharBuffer.allocate(bytes.length); // never more chars than bytes
    try {
      CoderResult result = decoder.decode(input, output, true);
      if (result.isError()) {
        result.throwException();
      }
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "text %s is not UTF-8: malformed at byte %,d - convert it"
              .formatted(file, input.position()),
          e);
    }
    return output.flip().toString();
  }
}
