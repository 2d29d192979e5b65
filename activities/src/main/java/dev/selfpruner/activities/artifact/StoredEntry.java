package dev.selfpruner.activities.artifact;

import java.time.Instant;

/**
 * An index entry that lies in a store.
 *
 * @param key what it is found by
 * @param sha256 digest of the blob that it names
 * @param name where it lies
 * @param used when it was written, or last found (to within a day and a half)
 */
public record StoredEntry(IndexKey key, String sha256, String name, Instant used) {}
