package dev.selfpruner.gpu.corpus;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.zip.CRC32;

/**
 * The parts of the language's stories. A story belongs to exactly one split, whatever the seed that
 * led to it: its own checksum says which. No story of one split can turn up in another.
 */
public enum TextSplit {
  /** What the demo model is trained on: six stories in eight. */
  TRAIN,
  /** What a search calibrates and measures fitness on: one story in eight. */
  SEARCH,
  /** What results are reported on: one story in eight. */
  TEST;

  private static final int CLASSES = 8;

  static TextSplit of(String story) {
    CRC32 checksum = new CRC32();
    checksum.update(story.getBytes(UTF_8));
    return switch ((int) (checksum.getValue() % CLASSES)) {
      case 0 -> TEST;
      case 1 -> SEARCH;
      default -> TRAIN;
    };
  }
}
