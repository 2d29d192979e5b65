package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.ArtifactStores;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.gpu.activity.EvaluationJournal;
import dev.selfpruner.gpu.activity.ModelActivitiesImpl;
import dev.selfpruner.llm.PopulationActivitiesImpl;
import dev.selfpruner.workflows.IterationWorkflowImpl;
import dev.selfpruner.workflows.SearchSpec;
import dev.selfpruner.workflows.SearchWorkflow;
import dev.selfpruner.workflows.SearchWorkflowImpl;
import dev.selfpruner.workflows.TaskQueues;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

@EnabledIfEnvironmentVariable(
    named = "SELFPRUNER_SHARED",
    matches = ".+",
    disabledReason = "stories260k lies in the shared folder")
class SearchOnStoriesTest {
  @TempDir private Path folder;

  private final Path shared = Path.of(System.getenv("SELFPRUNER_SHARED"));

  @Test
  void theSearchedModelIsBetterThanUniformOnTextThatItWasNotSearchedOn() throws IOException {
    SearchSpec spec =
        new SearchSpec(
            shared.resolve("models/stories260k").toString(),
            0.3,
            new Evolution(8, 4, 4, 4),
            new Generator.BuiltIn(),
            1,
            text("valid", 0, 8),
            text("valid", 8, 8),
            text("test", 0, 16),
            false,
            1);
    SearchResult result = run(spec);

    assertThat(result.evaluations()).isEqualTo(spec.evolution().evaluations());
    assertThat(result.dense().perplexity()).isLessThan(result.searched().perplexity());
    assertThat(result.searched().perplexity()).isLessThan(result.uniform().perplexity());
    assertThat(result.model().parameters()).isEqualTo(result.searched().parameters());
  }

  private SearchResult run(SearchSpec spec) throws IOException {
    try (ArtifactStore store = ArtifactStores.directory(folder.resolve("store"));
        EvaluationJournal journal = EvaluationJournal.open(folder.resolve("journal.jsonl"));
        ModelActivitiesImpl model =
            new ModelActivitiesImpl(store, journal, folder.resolve("work"), Device.cpu());
        TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance()) {
      temporal
          .newWorker(TaskQueues.WORKFLOW)
          .registerWorkflowImplementationTypes(
              SearchWorkflowImpl.class, IterationWorkflowImpl.class);
      temporal.newWorker(TaskQueues.GPU).registerActivitiesImplementations(model);
      temporal
          .newWorker(TaskQueues.LLM)
          .registerActivitiesImplementations(new PopulationActivitiesImpl(store));
      temporal.start();
      return temporal
          .getWorkflowClient()
          .newWorkflowStub(
              SearchWorkflow.class,
              WorkflowOptions.newBuilder().setTaskQueue(TaskQueues.WORKFLOW).build())
          .search(spec);
    }
  }

  private TextWindows text(String split, int first, int windows) {
    Path file = shared.resolve("data/wikitext2/wiki.%s.raw".formatted(split));
    return new TextWindows(file.toString(), 256, first, windows, false);
  }
}
