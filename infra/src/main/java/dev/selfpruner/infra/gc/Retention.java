package dev.selfpruner.infra.gc;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.RetentionPolicy;
import dev.selfpruner.activities.artifact.StoreSurvey;
import dev.selfpruner.activities.artifact.StoredEntry;
import dev.selfpruner.activities.search.SearchStart;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Decides what of a store stays: runs that are open, were used lately or are the last ones, each
 * with its records and models; what was measured; large things that were used lately, or belong to
 * a model or a calibration that an open workflow knows.
 */
public final class Retention implements RetentionPolicy {
  private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");
  private static final int KEY_LENGTH = 64;

  private final Rules rules;
  private final OpenWorkflows open;
  private final Instant now;
  private final List<Run> kept = new ArrayList<>();
  private final List<Run> removed = new ArrayList<>();

  public Retention(Rules rules, OpenWorkflows open, Instant now) {
    this.rules = rules;
    this.open = open;
    this.now = now;
  }

  /** Runs that stay, as of the last decision, the last used first. */
  public List<Run> kept() {
    return List.copyOf(kept);
  }

  /** Runs that go, as of the last decision, the last used first. */
  public List<Run> removed() {
    return List.copyOf(removed);
  }

  @Override
  public Kept decide(StoreSurvey survey) throws IOException {
    Map<StoredEntry, String> runs = runKeys(survey);
    divide(runs);
    Set<String> keptKeys = kept.stream().map(Run::key).collect(Collectors.toSet());
    Set<StoredEntry> entries = new HashSet<>();
    for (StoredEntry entry : survey.entries()) {
      boolean stays =
          switch (EntryKind.of(entry.key().kind())) {
            case RUN -> !runs.containsKey(entry) || keptKeys.contains(runs.get(entry));
            case MEASURED -> !rules.evaluations() || isInUse(entry);
            case LARGE -> isInUse(entry);
            case OTHER -> true;
          };
      if (stays) {
        entries.add(entry);
      }
    }
    return new Kept(entries, open.digests());
  }

  private boolean isInUse(StoredEntry entry) {
    return !entry.used().isBefore(rules.keptSince(now)) || open.mention(entry.key().key());
  }

  /** Keys of the runs that entries are of; one that doesn't say is nobody's, and stays. */
  private static Map<StoredEntry, String> runKeys(StoreSurvey survey) throws IOException {
    Map<StoredEntry, String> keys = new HashMap<>();
    for (StoredEntry entry : survey.entries()) {
      if (EntryKind.of(entry.key().kind()) == EntryKind.RUN) {
        runKey(survey, entry).ifPresent(key -> keys.put(entry, key));
      }
    }
    return keys;
  }

  private static Optional<String> runKey(StoreSurvey survey, StoredEntry entry) throws IOException {
    String key = entry.key().key();
    if (key.length() >= KEY_LENGTH && KEY.matcher(key.substring(0, KEY_LENGTH)).matches()) {
      return Optional.of(key.substring(0, KEY_LENGTH));
    }
    Optional<byte[]> start = survey.read(entry); // named after the workflow
    try {
      return start.map(json -> Json.readStored(json, SearchStart.class).searchKey());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void divide(Map<StoredEntry, String> keys) {
    Map<String, List<StoredEntry>> entries =
        keys.keySet().stream().collect(Collectors.groupingBy(keys::get));
    List<Run> runs =
        entries.entrySet().stream()
            .map(run -> run(run.getKey(), run.getValue()))
            .sorted(Comparator.comparing(Run::used).reversed().thenComparing(Run::key))
            .toList();
    kept.clear();
    removed.clear();
    for (Run run : runs) {
      boolean last = kept.size() + removed.size() < rules.keepLast();
      boolean lately = !run.used().isBefore(rules.keptSince(now));
      (last || lately || open.mention(run.key()) ? kept : removed).add(run);
    }
  }

  private static Run run(String key, List<StoredEntry> entries) {
    Instant used =
        entries.stream().map(StoredEntry::used).max(Comparator.naturalOrder()).orElseThrow();
    boolean finished = entries.stream().anyMatch(entry -> entry.key().kind().equals("result"));
    return new Run(key, used, finished);
  }
}
