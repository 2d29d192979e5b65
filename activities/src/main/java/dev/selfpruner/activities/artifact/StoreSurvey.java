package dev.selfpruner.activities.artifact;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * All entries and blobs of a store as they are found at one time, and what refers to what. A blob
 * refers to every other one whose digest stands in it, if it is JSON: whatever record it is and of
 * whatever version, a reference to a blob ({@link ArtifactRef}) is written with its digest. A
 * digest that is meant otherwise keeps a blob too many, and never one too few.
 */
public final class StoreSurvey {
  private static final Pattern DIGEST = Pattern.compile("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])");

  /** What is longer is no record, but weights or matrices: records are megabytes at the most. */
  private static final long LONGEST_RECORD = 256L << 20;

  private final Inventory inventory;
  private final List<StoredEntry> entries;
  private final Map<String, StoredBlob> blobs;
  private final int unreadable;
  private final Map<String, Set<String>> references = new ConcurrentHashMap<>();

  private StoreSurvey(
      Inventory inventory,
      List<StoredEntry> entries,
      Map<String, StoredBlob> blobs,
      int unreadable) {
    this.inventory = inventory;
    this.entries = List.copyOf(entries);
    this.blobs = Map.copyOf(blobs);
    this.unreadable = unreadable;
  }

  /** Entries are listed after blobs: an entry that is listed then names a blob that was written. */
  static StoreSurvey of(Inventory inventory) throws IOException {
    Map<String, StoredBlob> blobs =
        inventory.list(StoreLayout.BLOBS).stream()
            .map(
                object ->
                    new StoredBlob(
                        object.name().substring(object.name().lastIndexOf('/') + 1),
                        object.bytes(),
                        object.used()))
            .filter(blob -> DIGEST.matcher(blob.sha256()).matches())
            .collect(Collectors.toMap(StoredBlob::sha256, Function.identity()));
    List<StoredObject> names = inventory.list(StoreLayout.INDEX);
    List<Optional<StoredEntry>> read = ManyReads.of(names, object -> entry(inventory, object));
    List<StoredEntry> entries = read.stream().flatMap(Optional::stream).toList();
    return new StoreSurvey(inventory, entries, blobs, names.size() - entries.size());
  }

  private static Optional<StoredEntry> entry(Inventory inventory, StoredObject object)
      throws IOException {
    Optional<InputStream> opened = inventory.open(object.name());
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream content = opened.get()) {
      return IndexEntry.parseAny(content.readAllBytes())
          .map(
              entry ->
                  new StoredEntry(
                      new IndexKey(entry.kind(), entry.key()),
                      entry.sha256(),
                      object.name(),
                      object.used()));
    }
  }

  public List<StoredEntry> entries() {
    return entries;
  }

  public Collection<StoredBlob> blobs() {
    return blobs.values();
  }

  /** Index entries that nobody can read: they are left as they are. */
  public int unreadable() {
    return unreadable;
  }

  public Optional<StoredBlob> blob(String sha256) {
    return Optional.ofNullable(blobs.get(sha256));
  }

  /** Content of the blob that an entry names, if it is there. */
  public Optional<byte[]> read(StoredEntry entry) throws IOException {
    Optional<InputStream> opened = inventory.open(StoreLayout.blob(entry.sha256()));
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream content = opened.get()) {
      return Optional.of(content.readAllBytes());
    }
  }

  /** The blobs of these digests, as far as they are there, and all that they refer to. */
  public Set<String> closure(Collection<String> digests) throws IOException {
    Set<String> reached = new HashSet<>();
    Deque<String> next = new ArrayDeque<>(digests);
    while (!next.isEmpty()) {
      List<String> round = new ArrayList<>();
      for (String digest = next.poll(); digest != null; digest = next.poll()) {
        if (blobs.containsKey(digest) && reached.add(digest)) {
          round.add(digest);
        }
      }
      for (Set<String> named : ManyReads.of(round, this::references)) {
        next.addAll(named);
      }
    }
    return reached;
  }

  private Set<String> references(String sha256) throws IOException {
    Set<String> known = references.get(sha256);
    if (known != null) {
      return known;
    }
    Set<String> named = new HashSet<>();
    Matcher digests = DIGEST.matcher(record(sha256));
    while (digests.find()) {
      if (blobs.containsKey(digests.group())) {
        named.add(digests.group());
      }
    }
    references.put(sha256, named);
    return named;
  }

  /** A blob's text where it may be a record; nothing of any other. */
  private String record(String sha256) throws IOException {
    if (blobs.get(sha256).bytes() > LONGEST_RECORD) {
      return "";
    }
    Optional<InputStream> opened = inventory.open(StoreLayout.blob(sha256));
    if (opened.isEmpty()) {
      return "";
    }
    try (InputStream content = opened.get()) {
      int first = content.read();
      // one byte a character: digests are the same in every encoding that JSON may have here
      return first == '{' || first == '[' ? new String(content.readAllBytes(), ISO_8859_1) : "";
    }
  }
}
