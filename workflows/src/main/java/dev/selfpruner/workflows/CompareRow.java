package dev.selfpruner.workflows;

import dev.selfpruner.activities.search.SearchResult;
import java.util.List;

/**
 * What one search of a comparison came to.
 *
 * @param entry name of what was searched
 * @param seed that it was searched with
 * @param result one, or none where the search failed
 * @param failure why it failed; empty where it did not
 */
public record CompareRow(String entry, long seed, List<SearchResult> result, String failure) {
  public CompareRow {
    result = List.copyOf(result);
    if (result.size() != (failure.isEmpty() ? 1 : 0)) {
      throw new IllegalArgumentException(
          "%s with seed %d has %d results and the failure '%s'"
              .formatted(entry, seed, result.size(), failure));
    }
  }

  static CompareRow finished(String entry, long seed, SearchResult result) {
    return new CompareRow(entry, seed, List.of(result), "");
  }

  static CompareRow failed(String entry, long seed, String failure) {
    return new CompareRow(entry, seed, List.of(), failure);
  }
}
