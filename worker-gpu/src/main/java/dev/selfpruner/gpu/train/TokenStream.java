package dev.selfpruner.gpu.train;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.selfpruner.gpu.corpus.StoryCorpus;
import java.util.Arrays;
import java.util.Random;

/**
 * Windows of an endless corpus, one after the other, and how often each token was in them. Some
 * windows begin with the token that begins a text, as the first window of any text does when the
 * model is used.
 */
final class TokenStream {
  private static final int CHUNK_CHARACTERS = 50_000;
  private static final int BEGINNINGS = 4;

  private final StoryCorpus corpus;
  private final HuggingFaceTokenizer tokenizer;
  private final Random random;
  private final long[] counts;
  private long[] chunk = {};
  private int position;

  TokenStream(StoryCorpus corpus, HuggingFaceTokenizer tokenizer, int vocabulary, long seed) {
    this.corpus = corpus;
    this.tokenizer = tokenizer;
    this.random = new Random(seed);
    this.counts = new long[vocabulary];
  }

  /** {@code [windows * length]}: whole windows in a row. */
  long[] next(int windows, int length) {
    long[] tokens = new long[windows * length];
    for (int window = 0; window < windows; window++) {
      int from = window * length;
      int to = from + length;
      if (random.nextInt(BEGINNINGS) == 0) {
        tokens[from++] = TokenizerFiles.BEGIN_ID;
      }
      while (from < to) {
        from = copy(tokens, from, to);
      }
    }
    return tokens;
  }

  /** Occurrences of each token so far, those that begin a text not counted. */
  long[] counts() {
    return Arrays.copyOf(counts, counts.length);
  }

  private int copy(long[] tokens, int from, int to) {
    if (position == chunk.length) {
      chunk = tokenizer.encode(corpus.text(CHUNK_CHARACTERS), false, false).getIds();
      position = 0;
    }
    int count = Math.min(to - from, chunk.length - position);
    for (int i = 0; i < count; i++) {
      long token = chunk[position++];
      tokens[from + i] = token;
      counts[(int) token]++;
    }
    return from + count;
  }
}
