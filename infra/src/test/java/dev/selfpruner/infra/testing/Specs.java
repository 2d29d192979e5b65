package dev.selfpruner.infra.testing;

import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.activities.search.Compensation;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Method;
import dev.selfpruner.activities.search.Mix;
import dev.selfpruner.activities.search.ModelFormat;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.Probing;
import dev.selfpruner.activities.search.RemovalOrder;
import dev.selfpruner.activities.search.SearchSpace;
import dev.selfpruner.activities.search.Stage;
import dev.selfpruner.activities.search.Stopping;
import dev.selfpruner.activities.search.TextWindows;
import dev.selfpruner.workflows.SearchSpec;
import dev.selfpruner.workflows.SearchWorkflow;
import dev.selfpruner.workflows.TaskQueues;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.util.List;

/** Searches of nothing that is there. */
public final class Specs {
  private Specs() {}

  public static SearchSpec builtIn() {
    return builtIn(Evolution.SMALL);
  }

  public static SearchSpec builtIn(Evolution evolution) {
    return by(new Generator.BuiltIn(), evolution, LlmLimits.NONE);
  }

  /** Measures first, with a population of three. */
  public static SearchSpec measured() {
    SearchSpec spec = builtIn();
    Method method =
        new Method(
            SearchSpace.BLOCKS,
            AttentionUnit.QUERY_HEAD,
            RemovalOrder.BRAIN_SURGEON,
            new Compensation.LeastSquares(3e-4),
            List.of(1e-3),
            new Probing(11, 8, 8, 0.08, 3),
            new Mix(32, 10, false),
            List.of(new Stage(1, 3)),
            List.of(new TextWindows("/texts/c.txt", 2048, 17, 8, true)));
    return new SearchSpec(
        spec.model(),
        spec.sparsity(),
        spec.widthMultiple(),
        new Evolution(3, 70, 0, 0),
        spec.generator(),
        spec.initialisation(),
        spec.limits(),
        spec.seed(),
        spec.calibrationText(),
        spec.searchText(),
        spec.testText(),
        spec.objective(),
        spec.keepImproved(),
        List.of(method),
        Stopping.NEVER,
        List.of(),
        ModelFormat.COMPACT,
        1);
  }

  public static SearchSpec llm() {
    return llm(LlmLimits.NONE);
  }

  public static SearchSpec llm(LlmLimits limits) {
    return by(
        LargeLanguageModel.compatible("http://localhost/v1", "small", 1.0, 4_096),
        Evolution.SMALL,
        limits);
  }

  /** Starts a search. */
  public static WorkflowStub start(WorkflowClient client, SearchSpec spec) {
    WorkflowStub search =
        client.newUntypedWorkflowStub(
            SearchWorkflow.class.getSimpleName(),
            WorkflowOptions.newBuilder()
                .setTaskQueue(TaskQueues.WORKFLOW)
                .setWorkflowId(spec.workflowId())
                .build());
    search.start(spec);
    return search;
  }

  private static SearchSpec by(Generator generator, Evolution evolution, LlmLimits limits) {
    return new SearchSpec(
        "/models/dense",
        0.3,
        1,
        evolution,
        generator,
        generator,
        limits,
        0,
        new TextWindows("/texts/c.txt", 2048, 0, 16, true),
        new TextWindows("/texts/c.txt", 2048, 16, 1, true),
        new TextWindows("/texts/wiki.test.raw", 2048, 0, TextWindows.ALL, true),
        new Objective.Perplexity(),
        false,
        1);
  }
}
