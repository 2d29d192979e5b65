package dev.selfpruner.workflows;

import java.util.List;

/**
 * The outcome of a comparison.
 *
 * @param rows one for every entry and seed: the first entry's, seed by seed, then the next one's
 */
public record CompareResult(List<CompareRow> rows) {
  public CompareResult {
    rows = List.copyOf(rows);
  }
}
