package dev.selfpruner.gpu.corpus;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An endless stream of short stories in a small English-like language, the same for the same split
 * and seed on every JVM. Stories have a grammar with agreement, characters whose names, towns and
 * belongings come back dozens of tokens later, arithmetic, lists, a refrain of their own, and facts
 * of the world that never change: things to learn that neither word frequencies nor the last few
 * words give away.
 */
public final class StoryCorpus {
  private final TextSplit split;
  private final long seed;
  private long drawn;

  public StoryCorpus(TextSplit split, long seed) {
    this.split = split;
    this.seed = seed;
  }

  /** The next story: a few paragraphs, each ended by a line break, and an empty line. */
  public String next() {
    while (true) {
      String story = new Story(new Dice(mix(seed, drawn++))).tell();
      if (TextSplit.of(story) == split) {
        return story;
      }
    }
  }

  /** Whole stories, until there are at least {@code characters} of them (all are ASCII). */
  public String text(long characters) {
    StringBuilder text = new StringBuilder();
    while (text.length() < characters) {
      text.append(next());
    }
    return text.toString();
  }

  /** Writes whole stories, at least {@code bytes} of them, without holding them in memory. */
  public void write(Path file, long bytes) throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(file, UTF_8)) {
      long written = 0;
      while (written < bytes) {
        String story = next();
        writer.write(story);
        written += story.length();
      }
    }
  }

  /** Spreads neighbouring seeds apart (the finaliser of SplitMix64; Steele, Lea, Flood 2014). */
  private static long mix(long seed, long story) {
    long z = seed * 0x9E3779B97F4A7C15L + story;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
