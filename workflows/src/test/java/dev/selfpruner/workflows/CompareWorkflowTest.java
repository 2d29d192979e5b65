package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.Evolution;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.LaunchActivities;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Objective;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.activities.search.TextWindows;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.RawValue;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompareWorkflowTest {
  private static final TextWindows TEXT = new TextWindows("text", 128, 0, 4, true);
  private static final CompareEntry SHORT = new CompareEntry("short", spec(1));
  private static final CompareEntry LONG = new CompareEntry("long", spec(2));

  private final FakeWorkers workers = new FakeWorkers();

  @Test
  void searchesEveryEntryWithEverySeed() {
    CompareSpec spec = CompareSpec.of(List.of(LONG, SHORT), List.of(7L, 3L));

    CompareResult result = run(spec);

    assertThat(result.rows())
        .extracting(row -> row.entry() + " " + row.seed())
        .containsExactly("long 7", "long 3", "short 7", "short 3");
    assertThat(result.rows())
        .extracting(row -> row.result().get(0).evaluations())
        .containsExactly(8, 8, 6, 6);
    assertThat(result.rows())
        .extracting(row -> row.result().get(0).searchKey())
        .containsExactlyElementsOf(spec.searches().stream().map(SearchSpec::key).toList());
  }

  @Test
  void runsNoMoreSearchesAtATimeThanItMay() {
    workers.beginTogether(2);

    run(new CompareSpec(List.of(LONG, SHORT), List.of(1L, 2L, 3L), 2));

    assertThat(workers.mostUnderWay()).isEqualTo(2);
    assertThat(workers.results()).hasSize(6);
  }

  @Test
  void runsOneAfterTheOtherWhereAsked() {
    run(new CompareSpec(List.of(LONG, SHORT), List.of(1L, 2L), 1));

    assertThat(workers.mostUnderWay()).isEqualTo(1);
    assertThat(workers.results())
        .extracting(SearchResult::evaluations)
        .as("every entry with the first seed, then with the second")
        .containsExactly(8, 6, 8, 6);
  }

  @Test
  void aSearchThatFailsIsARowThatSaysWhy() {
    workers.refuse(LONG.spec().withSeed(1).key());

    CompareResult result = run(CompareSpec.of(List.of(LONG, SHORT), List.of(1L, 2L)));

    assertThat(result.rows())
        .extracting(CompareRow::failure)
        .containsExactly("there is no such LLM (NoSuchLlm)", "", "", "");
    assertThat(result.rows().get(0).result()).isEmpty();
    assertThat(workers.results()).hasSize(3);
  }

  @Test
  void isNamedAfterWhatIsComparedAndNotAfterHowManyRunAtOnce() {
    List<CompareEntry> entries = List.of(LONG, SHORT);
    assertThat(new CompareSpec(entries, List.of(1L), 1).workflowId())
        .matches("compare-[0-9a-f]{16}")
        .isEqualTo(new CompareSpec(entries, List.of(1L), 5).workflowId())
        .isNotEqualTo(new CompareSpec(entries, List.of(2L), 1).workflowId())
        .isNotEqualTo(new CompareSpec(List.of(LONG), List.of(1L), 1).workflowId());
  }

  @Test
  void refusesWhatCannotBeCompared() {
    assertRefused("the name long is there twice", List.of(LONG, LONG), List.of(1L), 1);
    assertRefused("the seed 1 is there twice", List.of(LONG), List.of(1L, 1L), 1);
    assertRefused(
        "a comparison is of 1 to 100 searches: 1 times 0 seeds", List.of(LONG), List.of(), 1);
    assertRefused("at least one search runs at a time, not 0", List.of(LONG), List.of(1L), 0);
    assertThatThrownBy(() -> new CompareEntry(" ", spec(1)))
        .hasMessage("what is compared has a name of one line, not ' '");
  }

  @Test
  void isStartedWithTheJsonThatItHadBeforeItReadItsOwn() {
    CompareSpec spec = CompareSpec.of(List.of(LONG, SHORT), List.of(7L, 3L));

    assertThat(CompareInput.of(spec).getPayload())
        .isEqualTo(DefaultDataConverter.STANDARD_INSTANCE.toPayload(spec).orElseThrow());
    assertThat(CompareInput.read(CompareInput.of(spec))).isEqualTo(new CompareInput.Whole(spec));
  }

  @Test
  void runsAsManyAtATimeAsUsualWhereNobodySays() {
    ObjectNode input = json();
    input.remove("atATime");

    assertThat(CompareInput.read(raw(input)))
        .isEqualTo(new CompareInput.Whole(CompareSpec.of(List.of(SHORT), List.of(1L))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/entries                  | null       | entries is missing: ",
        "/seeds                    | null       | seeds is missing: ",
        "/seeds                    | [1, 1]     | the seed 1 is there twice",
        "/seeds                    | [null]     | seeds[0]: null is not a value",
        "/seeds                    | [1e3]      | seeds[0]: 1000.0 is not a whole number",
        "/seeds                    | []         | a comparison is of 1 to 100 searches: 1 times 0 seeds",
        "/atATime                  | \"two\"  | atATime: \"two\" is not a whole number",
        "/atATime                  | 0          | at least one search runs at a time, not 0",
        "/entries                  | [null]     | entries[0]: null is not a value",
        "/entries                  | {}         | entries: {} is not a list",
        "/entries/0/name           | null       | entries[0].name is missing: ",
        "/entries/0/name           | \"\"     | entries[0]: what is compared has a name of one line, not ''",
        "/entries/0/spec           | null       | entries[0].spec is missing: ",
        "/entries/0/spec           | {}         | entries[0].spec.model is missing: ",
        "/entries/0/spec/sparsity  | 1.5        | entries[0].spec: sparsity out of (0, 1): 1.5",
        "/entries/0/spec/sparcity  | 1.5        | entries[0].spec.sparcity: there is no such field; ",
        "/entries/0/spec/evolution | {\"population\": 4.5} | entries[0].spec.evolution.population: 4.5 is not a whole number",
      })
  void aMistakeIsNamed(String place, String value, String reason) throws Exception {
    ObjectNode input = json();
    int last = place.lastIndexOf('/');
    ((ObjectNode) input.at(place.substring(0, last)))
        .set(place.substring(last + 1), Json.mapper().readTree(value));

    assertThat(CompareInput.read(raw(input)))
        .isInstanceOfSatisfying(
            CompareInput.Wrong.class, wrong -> assertThat(wrong.reason()).startsWith(reason));
  }

  @Test
  void aMistakeEndsTheRunAndFailsNoTask() {
    try (TestWorkflowEnvironment environment = FakeServer.start(workers)) {
      for (Object[] arguments :
          List.of(new Object[0], new Object[] {7}, new Object[] {json().put("atATime", "two")})) {
        WorkflowStub comparison =
            environment
                .getWorkflowClient()
                .newUntypedWorkflowStub(
                    "CompareWorkflow",
                    WorkflowOptions.newBuilder().setTaskQueue(TaskQueues.WORKFLOW).build());
        String id = comparison.start(arguments).getWorkflowId();

        assertThatThrownBy(() -> comparison.getResult(CompareResult.class))
            .rootCause()
            .isInstanceOfSatisfying(
                ApplicationFailure.class,
                failure -> assertThat(failure.getType()).isEqualTo(LaunchActivities.INVALID_INPUT));
        assertThat(environment.getWorkflowClient().fetchHistory(id).getEvents())
            .noneMatch(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED);
      }
    }
  }

  private static ObjectNode json() {
    return Json.mapper().valueToTree(CompareSpec.of(List.of(SHORT), List.of(1L)));
  }

  private static RawValue raw(ObjectNode input) {
    return new RawValue(DefaultDataConverter.STANDARD_INSTANCE.toPayload(input).orElseThrow());
  }

  private static void assertRefused(
      String message, List<CompareEntry> entries, List<Long> seeds, int atATime) {
    assertThatThrownBy(() -> new CompareSpec(entries, seeds, atATime))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private CompareResult run(CompareSpec spec) {
    try (TestWorkflowEnvironment environment = FakeServer.start(workers)) {
      CompareWorkflow workflow =
          FakeServer.workflow(environment, CompareWorkflow.class, spec.workflowId());
      CompareResult result = workflow.compare(CompareInput.of(spec));
      int searches = spec.searches().size();
      int failed = (int) result.rows().stream().filter(row -> !row.failure().isEmpty()).count();
      assertThat(workflow.progress())
          .isEqualTo(new CompareProgress(searches, searches, failed, List.of()));
      WorkflowReplayer.replayWorkflowExecution(
          environment.getWorkflowClient().fetchHistory(spec.workflowId()),
          CompareWorkflowImpl.class);
      return result;
    } catch (Exception e) {
      throw new AssertionError("the comparison fails, or its history does not replay", e);
    }
  }

  private static SearchSpec spec(int iterations) {
    return new SearchSpec(
        "model",
        0.3,
        1,
        new Evolution(4, iterations, 1, 1),
        new Generator.BuiltIn(),
        new Generator.BuiltIn(),
        LlmLimits.NONE,
        0,
        TEXT,
        TEXT,
        TEXT,
        new Objective.Perplexity(),
        false,
        1);
  }
}
