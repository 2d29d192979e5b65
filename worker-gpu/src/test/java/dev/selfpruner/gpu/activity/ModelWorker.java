package dev.selfpruner.gpu.activity;

import ai.djl.Device;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.search.ModelActivities;
import dev.selfpruner.gpu.engine.ComputeOptions;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;

/** A worker of the CPU, whose activities are called as Temporal does. */
final class ModelWorker implements AutoCloseable {
  private final TestActivityEnvironment temporal = TestActivityEnvironment.newInstance();
  private final ProgressDeadline deadline =
      new ProgressDeadline(
          Duration.ofMinutes(5),
          reason -> {
            throw new AssertionError(reason);
          });
  private final EvaluationJournal journal;
  private final ModelActivitiesImpl worker;

  /**
   * @param folder has the journal, {@code journal.jsonl}, which others may write, too
   * @param work name of the folder in it for files on their way
   * @param store stays the caller's
   * @param gramBytes that a model's Gram matrices may take
   */
  ModelWorker(
      Path folder,
      String work,
      ArtifactStore store,
      Locations locations,
      long gramBytes,
      EvaluationListener listener) {
    try {
      journal = EvaluationJournal.open(folder.resolve("journal.jsonl"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    worker =
        new ModelActivitiesImpl(
            store,
            journal,
            folder.resolve(work),
            ComputeOptions.of(Device.cpu()),
            deadline,
            locations,
            gramBytes,
            listener);
    temporal.registerActivitiesImplementations(worker);
  }

  /** Reads everything, and takes what it needs. */
  static ModelWorker in(Path folder, ArtifactStore store) {
    return new ModelWorker(
        folder, "work", store, Locations.ANYWHERE, Long.MAX_VALUE, EvaluationListener.SILENT);
  }

  ModelActivities activities() {
    return temporal.newActivityStub(ModelActivities.class);
  }

  @Override
  public void close() {
    temporal.close();
    deadline.close();
    worker.close();
    journal.close();
  }
}
