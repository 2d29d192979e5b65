package dev.selfpruner.activities.artifact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finds and removes what of a store nobody needs: mark and sweep. Roots are what a policy keeps and
 * whatever was written or used within a grace period; what they refer to, over any number of steps,
 * stays. Entries go first, and blobs only when all entries that named them are gone.
 *
 * <p>Writers may be at work meanwhile. Whatever blob a writer counts on, it has put it (which makes
 * or marks it young), or read of it in its workflow's history (of which the policy has to know, or
 * which is as young as the workflow), or come to it from an index entry that it found. An entry
 * that was found is marked as used ({@link Reuse} says why that can't come too late), is spared,
 * and before blobs are removed the references of all spared entries are followed anew. So the grace
 * period only has to be longer than twice what passes between finding something in the store and
 * naming it where the policy sees it: an activity, 24 hours at most.
 */
public final class GarbageCollector implements AutoCloseable {
  /** What may be removed when nobody has written or used it for that long. */
  public static final Duration GRACE = Reuse.GRACE;

  private final Inventory inventory;

  GarbageCollector(Inventory inventory) {
    this.inventory = inventory;
  }

  /**
   * Opens a store to look after.
   *
   * @throws IOException if it isn't there or can't be used
   */
  public static GarbageCollector open(StoreLocation location) throws IOException {
    if (location instanceof StoreLocation.S3 s3) {
      return new GarbageCollector(S3Inventory.open(s3));
    }
    Path root = Path.of(((StoreLocation.Directory) location).path()).toAbsolutePath().normalize();
    if (!Files.isDirectory(root.resolve("temporary"))) {
      throw new IOException("there is no artifact store in %s".formatted(root));
    }
    return new GarbageCollector(new DirectoryInventory(root));
  }

  /** Everything that is there. */
  public StoreSurvey survey() throws IOException {
    return StoreSurvey.of(inventory);
  }

  /**
   * Finds what may go, and removes nothing.
   *
   * @param grace what was used within it stays; {@link #GRACE} or more, unless nobody writes
   */
  public Garbage look(RetentionPolicy policy, Duration grace) throws IOException {
    return look(survey(), policy, Instant.now().minus(grace));
  }

  /**
   * Finds what may go, and removes it.
   *
   * @param grace as of {@link #look(RetentionPolicy, Duration)}
   * @return what was removed
   * @throws IOException if the store can't be used, or another run is at work
   */
  public Garbage remove(RetentionPolicy policy, Duration grace) throws IOException {
    Instant cutoff = Instant.now().minus(grace);
    try (Sweep sweep = Sweep.begin(inventory, cutoff)) {
      StoreSurvey survey = survey();
      Garbage found = look(survey, policy, cutoff);
      List<StoredEntry> entries = sweep.remove(found.entries(), StoredEntry::name);
      List<StoredEntry> spared = without(found.entries(), entries);
      Set<String> stillUsed = survey.closure(spared.stream().map(StoredEntry::sha256).toList());
      List<StoredBlob> blobs =
          sweep.remove(
              found.blobs().stream().filter(blob -> !stillUsed.contains(blob.sha256())).toList(),
              blob -> StoreLayout.blob(blob.sha256()));
      for (UnfinishedUpload upload : found.uploads()) {
        inventory.abort(upload);
      }
      sweep.forgetMarks();
      return new Garbage(
          entries,
          blobs,
          found.origins(),
          found.uploads(),
          found.keptEntries() + spared.size(),
          found.keptBlobs() + found.blobs().size() - blobs.size(),
          found.keptBytes() + bytes(found.blobs()) - bytes(blobs),
          found.unreadable());
    }
  }

  private Garbage look(StoreSurvey survey, RetentionPolicy policy, Instant cutoff)
      throws IOException {
    RetentionPolicy.Kept kept = policy.decide(survey);
    List<StoredEntry> entries =
        survey.entries().stream()
            .filter(entry -> !kept.entries().contains(entry) && entry.used().isBefore(cutoff))
            .toList();
    Set<String> live = survey.closure(roots(survey, kept, entries, cutoff));
    List<StoredBlob> blobs =
        survey.blobs().stream().filter(blob -> !live.contains(blob.sha256())).toList();
    List<UnfinishedUpload> uploads =
        inventory.unfinished().stream().filter(upload -> upload.used().isBefore(cutoff)).toList();
    return new Garbage(
        entries,
        blobs,
        origins(survey, entries, live),
        uploads,
        survey.entries().size() - entries.size(),
        survey.blobs().size() - blobs.size(),
        bytes(survey.blobs()) - bytes(blobs),
        survey.unreadable());
  }

  /** A blob that several kinds lead to is the first one's, by name. */
  private static Map<String, String> origins(
      StoreSurvey survey, List<StoredEntry> removed, Set<String> live) throws IOException {
    Map<String, List<String>> digests = new TreeMap<>();
    for (StoredEntry entry : removed) {
      digests.computeIfAbsent(entry.key().kind(), kind -> new ArrayList<>()).add(entry.sha256());
    }
    Map<String, String> origins = new HashMap<>();
    for (Map.Entry<String, List<String>> kind : digests.entrySet()) {
      for (String reached : survey.closure(kind.getValue())) {
        if (!live.contains(reached)) {
          origins.putIfAbsent(reached, kind.getKey());
        }
      }
    }
    return origins;
  }

  private static List<String> roots(
      StoreSurvey survey, RetentionPolicy.Kept kept, List<StoredEntry> removed, Instant cutoff) {
    Set<StoredEntry> gone = new HashSet<>(removed);
    return Stream.of(
            kept.digests().stream(),
            survey.entries().stream()
                .filter(entry -> !gone.contains(entry))
                .map(StoredEntry::sha256),
            survey.blobs().stream()
                .filter(blob -> !blob.used().isBefore(cutoff))
                .map(StoredBlob::sha256))
        .flatMap(digests -> digests)
        .toList();
  }

  private static List<StoredEntry> without(List<StoredEntry> all, List<StoredEntry> some) {
    List<StoredEntry> rest = new ArrayList<>(all);
    rest.removeAll(new HashSet<>(some));
    return rest;
  }

  private static long bytes(Collection<StoredBlob> blobs) {
    return blobs.stream().mapToLong(StoredBlob::bytes).sum();
  }

  @Override
  public String toString() {
    return inventory.toString();
  }

  @Override
  public void close() {
    inventory.close();
  }
}
