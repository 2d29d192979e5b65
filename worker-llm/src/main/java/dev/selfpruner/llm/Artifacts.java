package dev.selfpruner.llm;

import dev.selfpruner.activities.FailureTypes;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.CorruptArtifactException;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.search.Operator;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.util.Optional;

/** Records in an artifact store, with the store's failures in Temporal's terms. */
record Artifacts(ArtifactStore store) {
  /** Of what a request names by its digest, and no index entry has. */
  static final String MISSING = FailureTypes.MISSING;

  static final String CORRUPT = FailureTypes.CORRUPT;

  /**
   * Tried again without end: what is denied, expired or away can be mended while a search waits,
   * and a search that begins with such a store is refused before it does. A blob that isn't there
   * is away: another store may have it, or a file system that isn't mounted.
   */
  static final String UNAVAILABLE = "ArtifactStoreUnavailable";

  /** What a store does, or how it fails. */
  private interface Access<T> {
    T run() throws IOException;
  }

  byte[] read(ArtifactRef ref) {
    return access(ref.uri(), () -> store.read(ref));
  }

  <T> T read(ArtifactRef ref, Class<T> type) {
    return Json.readStored(read(ref), type);
  }

  <T> Optional<T> find(IndexKey key, Class<T> type) {
    return access(key.toString(), () -> store.readIndexed(key))
        .map(json -> Json.readStored(json, type));
  }

  boolean has(IndexKey key) {
    return access(key.toString(), () -> store.find(key)).isPresent();
  }

  /** Whether an LLM has answered a search. The first population may have been drawn without one. */
  boolean hasAnswers(String searchKey) {
    return has(SearchIndex.transcript(searchKey, 0, Operator.INITIALISE, 0))
        || has(SearchIndex.transcript(searchKey, 1, Operator.MUTATE, 0))
        || has(SearchIndex.transcript(searchKey, 1, Operator.CROSS_OVER, 0));
  }

  ArtifactRef put(Object value) {
    byte[] content = Json.writeBytes(value);
    return access(value.getClass().getSimpleName(), () -> store.put(content));
  }

  /** Stores a record under a key, or gives the one that an earlier writer has stored there. */
  <T> T putIfAbsent(IndexKey key, T value, Class<T> type) {
    ArtifactRef mine = put(value);
    ArtifactRef stored = access(key.toString(), () -> store.index(key, mine));
    return stored.sha256().equals(mine.sha256()) ? value : read(stored, type);
  }

  private static <T> T access(String what, Access<T> access) {
    try {
      return access.run();
    } catch (CorruptArtifactException e) {
      throw ApplicationFailure.newNonRetryableFailureWithCause(
          what + " is damaged in the artifact store: " + e.getMessage(), CORRUPT, e);
    } catch (IOException e) {
      throw ApplicationFailure.newFailureWithCause(
          "the artifact store failed on " + what + ": " + e.getMessage(), UNAVAILABLE, e);
    }
  }
}
