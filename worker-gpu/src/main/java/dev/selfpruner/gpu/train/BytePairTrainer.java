package dev.selfpruner.gpu.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns a byte-level byte-pair encoding (Sennrich et al. 2016, on bytes as in GPT-2): the text is
 * split into words, and the pair of neighbouring symbols that occurs most often inside words is
 * merged, until the vocabulary is full. Ties go to the pair whose symbols were learnt first, so
 * that a text gives one vocabulary.
 */
final class BytePairTrainer {
  /** GPT-2's split: what the tokenizer's ByteLevel pre-tokenizer does with {@code use_regex}. */
  private static final Pattern WORD =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  private static final int BYTES = 256;

  private final List<String> symbols = new ArrayList<>();
  private final List<BytePairVocabulary.Merge> merges = new ArrayList<>();
  private final List<Word> words = new ArrayList<>();
  private final Map<Pair, Integer> counts = new HashMap<>();
  private final Map<Pair, Set<Word>> containing = new HashMap<>();

  private record Pair(int left, int right) {}

  private static final class Word {
    final int occurrences;
    int[] symbols;

    Word(int[] symbols, int occurrences) {
      this.symbols = symbols;
      this.occurrences = occurrences;
    }
  }

  private BytePairTrainer(String text) {
    for (int i = 0; i < BYTES; i++) {
      symbols.add(ByteAlphabet.symbol(i));
    }
    Map<String, Integer> occurrences = new TreeMap<>();
    Matcher matcher = WORD.matcher(text);
    while (matcher.find()) {
      occurrences.merge(matcher.group(), 1, Integer::sum);
    }
    occurrences.forEach((word, count) -> words.add(new Word(bytes(word), count)));
    words.forEach(word -> count(word, 1));
  }

  /**
   * @param text what to learn from
   * @param size symbols in the vocabulary: the 256 bytes and {@code size - 256} merges, fewer if
   *     the text has no more pairs to merge
   */
  static BytePairVocabulary train(String text, int size) {
    if (size < BYTES) {
      throw new IllegalArgumentException(
          "a byte-level vocabulary has at least 256 symbols, not " + size);
    }
    BytePairTrainer trainer = new BytePairTrainer(text);
    while (trainer.symbols.size() < size) {
      Optional<Pair> best = trainer.mostFrequent();
      if (best.isEmpty()) {
        break;
      }
      trainer.merge(best.get());
    }
    return new BytePairVocabulary(trainer.symbols, trainer.merges);
  }

  private Optional<Pair> mostFrequent() {
    return counts.entrySet().stream()
        .filter(entry -> entry.getValue() > 1)
        .max(
            Map.Entry.<Pair, Integer>comparingByValue()
                .thenComparing(
                    Map.Entry::getKey,
                    Comparator.comparingInt(Pair::left).thenComparingInt(Pair::right).reversed()))
        .map(Map.Entry::getKey);
  }

  private void merge(Pair pair) {
    String left = symbols.get(pair.left());
    String right = symbols.get(pair.right());
    int merged = symbols.size();
    symbols.add(left + right);
    merges.add(new BytePairVocabulary.Merge(left, right));
    for (Word word : List.copyOf(containing.get(pair))) {
      count(word, -1);
      word.symbols = replace(word.symbols, pair, merged);
      count(word, 1);
    }
  }

  /** Adds a word's pairs to the counts, or with a sign of -1 takes them away. */
  private void count(Word word, int sign) {
    for (int i = 1; i < word.symbols.length; i++) {
      Pair pair = new Pair(word.symbols[i - 1], word.symbols[i]);
      counts.merge(pair, sign * word.occurrences, Integer::sum);
      Set<Word> holders = containing.computeIfAbsent(pair, key -> new HashSet<>());
      if (sign > 0) {
        holders.add(word);
      } else {
        holders.remove(word);
      }
    }
  }

  private static int[] replace(int[] symbols, Pair pair, int merged) {
    int[] replaced = new int[symbols.length];
    int length = 0;
    for (int i = 0; i < symbols.length; i++) {
      boolean here =
          i + 1 < symbols.length && symbols[i] == pair.left() && symbols[i + 1] == pair.right();
      replaced[length++] = here ? merged : symbols[i];
      i += here ? 1 : 0;
    }
    return java.util.Arrays.copyOf(replaced, length);
  }

  private static int[] bytes(String word) {
    byte[] bytes = word.getBytes(UTF_8);
    int[] symbols = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      symbols[i] = bytes[i] & 0xff;
    }
    return symbols;
  }
}
