package dev.selfpruner.gpu.export;

import java.util.ArrayList;
import java.util.List;

/**
 * A subset of the indices 0 to {@code size - 1}.
 *
 * @param kept ranges in ascending order that neither overlap nor touch
 */
record IndexRanges(long size, List<Range> kept) {

  /** From {@code from} up to, but not including, {@code to}. */
  record Range(long from, long to) {
    long length() {
      return to - from;
    }
  }

  IndexRanges {
    kept = List.copyOf(kept);
  }

  static IndexRanges all(long size) {
    return new IndexRanges(size, List.of(new Range(0, size)));
  }

  /** The indices of some units, each of which has {@code width} indices; ascending. */
  static IndexRanges ofUnits(int[] units, long width, long unitCount) {
    List<Range> ranges = new ArrayList<>();
    for (int i = 0; i < units.length; ) {
      int first = i;
      do {
        i++;
      } while (i < units.length && units[i] == units[i - 1] + 1);
      ranges.add(new Range(units[first] * width, (units[i - 1] + 1) * width));
    }
    return new IndexRanges(unitCount * width, ranges);
  }

  boolean isAll() {
    return kept.equals(List.of(new Range(0, size)));
  }

  /** The ranges between the kept ones. */
  List<Range> removed() {
    List<Range> removed = new ArrayList<>();
    long next = 0;
    for (Range range : kept) {
      if (range.from() > next) {
        removed.add(new Range(next, range.from()));
      }
      next = range.to();
    }
    if (next < size) {
      removed.add(new Range(next, size));
    }
    return removed;
  }

  long count() {
    return kept.stream().mapToLong(Range::length).sum();
  }
}
