package dev.selfpruner.activities.artifact;

import java.time.Instant;

/**
 * Something that lies in a store.
 *
 * @param name {@link StoreLayout} name
 * @param bytes its length
 * @param used when it was written, or last marked as used
 */
record StoredObject(String name, long bytes, Instant used) {}
