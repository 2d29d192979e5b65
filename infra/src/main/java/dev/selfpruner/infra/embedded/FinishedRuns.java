package dev.selfpruner.infra.embedded;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.llm.SearchIndex;
import dev.selfpruner.workflows.SearchSpec;
import dev.selfpruner.workflows.Stops;
import java.io.IOException;
import java.util.Optional;

/**
 * What the store knows of a search's runs: they are numbered from 1, one is begun when all before
 * it ended.
 */
public final class FinishedRuns {
  private final ArtifactStore store;

  public FinishedRuns(ArtifactStore store) {
    this.store = store;
  }

  /** A run that ended. */
  public record Finished(SearchSpec spec, SearchResult result) {}

  /** The last run that ended, if any did. */
  public Optional<Finished> last(SearchSpec search) throws IOException {
    Optional<Finished> last = Optional.empty();
    Optional<Finished> next = find(search.withRun(1));
    while (next.isPresent()) {
      last = next;
      next = find(search.withRun(next.get().spec().run() + 1));
    }
    return last;
  }

  private Optional<Finished> find(SearchSpec run) throws IOException {
    Optional<ArtifactRef> stored = store.find(SearchIndex.result(run.key()));
    if (stored.isEmpty() && run.limits().any()) {
      stored = store.find(SearchIndex.result(run.key(), run.limits()));
    }
    for (String reason : Stops.reasons(run.stopping())) {
      if (stored.isEmpty()) {
        stored = store.find(SearchIndex.result(run.key(), reason));
      }
    }
    return stored.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Finished(run, Json.readStored(store.read(stored.get()), SearchResult.class)));
  }

  /** Whether a run has a population from which it goes on. */
  public boolean hasBegun(SearchSpec run) throws IOException {
    return store.find(SearchIndex.population(run.key(), 0)).isPresent();
  }
}
