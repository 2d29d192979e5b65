package dev.selfpruner.gpu.train;

import java.util.List;

/**
 * A learnt byte-pair encoding.
 *
 * @param symbols in the order that they were learnt: the 256 bytes first
 * @param merges which pair made each symbol after those, in order
 */
record BytePairVocabulary(List<String> symbols, List<Merge> merges) {
  record Merge(String left, String right) {}

  BytePairVocabulary {
    symbols = List.copyOf(symbols);
    merges = List.copyOf(merges);
    if (symbols.size() != 256 + merges.size()) {
      throw new IllegalArgumentException(
          "%d symbols cannot come of 256 bytes and %d merges"
              .formatted(symbols.size(), merges.size()));
    }
  }
}
