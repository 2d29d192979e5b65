package dev.selfpruner.workflows;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import java.util.HashSet;
import java.util.List;

/**
 * What is to be compared: every entry is searched with every seed. Equal ones are the same
 * comparison, however many searches run at once.
 *
 * @param entries what is compared, in the order in which it is shown
 * @param seeds of every entry's searches, in place of the seed in its spec
 * @param atATime how many searches run at once, at most
 */
public record CompareSpec(List<CompareEntry> entries, List<Long> seeds, int atATime) {
  /**
   * Every search has its result in the comparison's history: 2 kB each, which has to stay small.
   */
  public static final int MOST_SEARCHES = 100;

  public CompareSpec {
    entries = List.copyOf(entries);
    seeds = List.copyOf(seeds);
    requireNoTwins("name", entries.stream().map(CompareEntry::name).toList());
    requireNoTwins("seed", seeds);
    int searches = entries.size() * seeds.size();
    if (searches < 1 || searches > MOST_SEARCHES) {
      throw new IllegalArgumentException(
          "a comparison is of 1 to %d searches: %d times %d seeds"
              .formatted(MOST_SEARCHES, entries.size(), seeds.size()));
    }
    if (atATime < 1) {
      throw new IllegalArgumentException("at least one search runs at a time, not " + atATime);
    }
  }

  /** A comparison with the usual number of searches at a time. */
  public static CompareSpec of(List<CompareEntry> entries, List<Long> seeds) {
    return new CompareSpec(entries, seeds, Policies.SEARCHES_AT_A_TIME);
  }

  /** Names the comparison on a Temporal server. */
  public String workflowId() {
    List<List<Object>> named =
        entries.stream().map(entry -> List.<Object>of(entry.name(), entry.spec().key())).toList();
    return "compare-" + Digests.sha256(Json.write(List.of(named, seeds))).substring(0, 16);
  }

  /** All specs that are searched. */
  public List<SearchSpec> searches() {
    return entries.stream()
        .flatMap(entry -> seeds.stream().map(seed -> entry.spec().withSeed(seed)))
        .toList();
  }

  private static void requireNoTwins(String what, List<?> values) {
    HashSet<Object> seen = new HashSet<>();
    for (Object value : values) {
      if (!seen.add(value)) {
        throw new IllegalArgumentException("the %s %s is there twice".formatted(what, value));
      }
    }
  }
}
