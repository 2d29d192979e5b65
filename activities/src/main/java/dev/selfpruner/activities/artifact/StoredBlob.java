package dev.selfpruner.activities.artifact;

import java.time.Instant;

/**
 * A blob that lies in a store.
 *
 * @param sha256 that it is named by
 * @param bytes its length
 * @param used when it was written, or put again (to within a day and a half)
 */
public record StoredBlob(String sha256, long bytes, Instant used) {}
