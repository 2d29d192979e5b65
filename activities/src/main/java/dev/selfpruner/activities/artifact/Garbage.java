package dev.selfpruner.activities.artifact;

import java.util.List;

/**
 * What of a store may go.
 *
 * @param entries index entries
 * @param blobs that nothing refers to which stays
 * @param uploads that nobody goes on with
 * @param keptEntries how many entries stay
 * @param keptBlobs how many blobs stay
 * @param keptBytes and how many bytes they have
 * @param unreadable index entries that nobody can read, which are left alone
 */
public record Garbage(
    List<StoredEntry> entries,
    List<StoredBlob> blobs,
    List<UnfinishedUpload> uploads,
    int keptEntries,
    int keptBlobs,
    long keptBytes,
    int unreadable) {
  public Garbage {
    entries = List.copyOf(entries);
    blobs = List.copyOf(blobs);
    uploads = List.copyOf(uploads);
  }
}
