package dev.selfpruner.activities.artifact;

import java.time.Instant;

/**
 * What a writer began and has not finished: an upload in parts, or a temporary file.
 *
 * @param name of what it was to be
 * @param id among several of that name
 * @param bytes that it takes up
 * @param used when something was last written to it
 */
public record UnfinishedUpload(String name, String id, long bytes, Instant used) {}
