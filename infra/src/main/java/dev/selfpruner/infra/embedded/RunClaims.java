package dev.selfpruner.infra.embedded;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.search.RunInputs;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.util.Optional;

/**
 * What the runs of searches read, by content. A search is named after paths; a run is of one model,
 * so that nobody goes on with what was measured on another.
 */
public final class RunClaims {
  private final ArtifactStore store;

  public RunClaims(ArtifactStore store) {
    this.store = store;
  }

  /**
   * Finds the first run, from {@code spec} on, that reads what is {@code mine}; one that nobody has
   * begun becomes it. An owner's is nobody else's; what nobody owns goes on with whosever it is.
   *
   * @return its number
   */
  public int claim(SearchSpec spec, RunInputs mine) throws IOException {
    SearchSpec run = spec;
    while (!isFor(mine, run)) {
      run = run.withRun(run.run() + 1);
    }
    return run.run();
  }

  /** What a run read; empty where it was not begun, or by a version that kept no note of it. */
  public Optional<RunInputs> of(SearchSpec run) throws IOException {
    return store.readIndexed(RunInputs.indexKey(run.key())).map(RunClaims::inputs);
  }

  private boolean isFor(RunInputs mine, SearchSpec run) throws IOException {
    boolean owned = !mine.owner().isEmpty();
    Optional<RunInputs> there = of(run);
    if (there.isEmpty()) {
      if (owned && new FinishedRuns(store).hasBegun(run)) {
        return false;
      }
      there =
          Optional.of(
              read(store.index(RunInputs.indexKey(run.key()), store.put(Json.writeBytes(mine)))));
    }
    return owned ? there.get().equals(mine) : there.get().sameAs(mine);
  }

  private RunInputs read(ArtifactRef stored) throws IOException {
    return inputs(store.read(stored));
  }

  private static RunInputs inputs(byte[] json) {
    return Json.readStored(json, RunInputs.class);
  }
}
