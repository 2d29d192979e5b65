package dev.selfpruner.activities.artifact;

import java.util.List;
import java.util.Map;

/**
 * What of a store may go.
 *
 * @param entries index entries
 * @param blobs that nothing refers to which stays
 * @param origins kinds of the removed entries that led to blobs, by digest; nothing led to the
 *     others
 * @param uploads that nobody goes on with
 * @param keptEntries how many entries stay
 * @param keptBlobs how many blobs stay
 * @param keptBytes and how many bytes they have
 * @param unreadable index entries that nobody can read, which are left alone
 */
public record Garbage(
    List<StoredEntry> entries,
    List<StoredBlob> blobs,
    Map<String, String> origins,
    List<UnfinishedUpload> uploads,
    int keptEntries,
    int keptBlobs,
    long keptBytes,
    int unreadable) {
  public Garbage {
    entries = List.copyOf(entries);
    blobs = List.copyOf(blobs);
    origins = Map.copyOf(origins);
    uploads = List.copyOf(uploads);
  }
}
