package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.InMemoryArtifactStore;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.llm.chat.ApiKeys;
import dev.selfpruner.llm.chat.LlmTimeouts;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Models;
import dev.selfpruner.llm.testing.Reply;
import dev.selfpruner.llm.testing.Requests;
import dev.selfpruner.llm.testing.WatchedStore;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Attempts as Temporal makes them, one after the other, each of which meets what it meets. */
class PatienceTest {
  private static final String QUEUE = "llm";
  private static final LlmTimeouts HALF_A_SECOND =
      new LlmTimeouts(Duration.ofSeconds(30), Duration.ofMillis(500));

  private static final Reply AWAY = Reply.error(503, "starting");
  private static final Reply SLOW = new Reply.Silence();
  private static final Reply GOOD = Reply.text(LlmWorker.GOOD);

  private final ArtifactStore store = new InMemoryArtifactStore();

  /** Asks for a proposal. */
  @WorkflowInterface
  public interface Propose {
    @WorkflowMethod
    Proposal propose(ProposalRequest request);
  }

  /** Begins a search. */
  @WorkflowInterface
  public interface Begin {
    @WorkflowMethod
    void begin(SearchStart start);
  }

  private static PopulationActivities activities() {
    return Workflow.newActivityStub(
        PopulationActivities.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(Duration.ofHours(1))
            .setHeartbeatTimeout(Duration.ofSeconds(30))
            .setRetryOptions(
                RetryOptions.newBuilder().setMaximumInterval(Duration.ofMinutes(1)).build())
            .build());
  }

  /** {@inheritDoc} */
  public static final class ProposeImpl implements Propose {
    @Override
    public Proposal propose(ProposalRequest request) {
      return activities().propose(request);
    }
  }

  /** {@inheritDoc} */
  public static final class BeginImpl implements Begin {
    @Override
    public void begin(SearchStart start) {
      activities().begin(start);
    }
  }

  @Test
  void anAnswerThatNeverComesInTimeEndsTheSearch() {
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(SLOW, AWAY, SLOW, SLOW, AWAY, SLOW, SLOW, GOOD)) {
      ApplicationFailure last = failure(() -> propose(server, 2));

      assertThat(last.isNonRetryable()).isTrue();
      assertThat(last.getType()).isEqualTo("LlmTimeout");
      assertThat(last.getOriginalMessage())
          .startsWith(LlmWorker.MODEL + " at " + server.baseUrl())
          .endsWith(
              " - tried 5 times: ask for shorter answers (--llm-max-tokens), or of a faster server");
      assertThat(server.requests()).as("five that may be charged, and two that are not").hasSize(7);
    }
  }

  @Test
  void anOutageBeforeASlowAnswerIsNoAttemptAtIt() {
    Reply[] replies =
        Stream.of(Stream.generate(() -> AWAY).limit(15), Stream.of(SLOW, GOOD))
            .flatMap(each -> each)
            .toArray(Reply[]::new);
    try (FakeOpenAiServer server = FakeOpenAiServer.replying(replies)) {
      assertThat(propose(server, 2).fallbacks()).isZero();
      assertThat(server.requests()).hasSize(17);
    }
  }

  @Test
  void eachQuestionHasAllAttempts() {
    Reply more =
        Reply.text("[0.30000, 0.30000, 0.20000, 0.40000]\n[0.50000, 0.10000, 0.30000, 0.30000]");
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(SLOW, SLOW, SLOW, GOOD, SLOW, SLOW, SLOW, more)) {
      assertThat(propose(server, 4).fallbacks()).isZero();
      assertThat(server.requests()).hasSize(8);
    }
  }

  @Test
  void anEndpointThatIsNotThereEndsASearchBeforeItBegins() {
    try (FakeOpenAiServer server = FakeOpenAiServer.replying()) {
      server.show("/models", AWAY);

      ApplicationFailure last = failure(() -> begin(store, server));

      assertThat(last.isNonRetryable()).isTrue();
      assertThat(last.getOriginalMessage())
          .contains("HTTP 503")
          .endsWith(" - looked 3 times before the search began");
      assertThat(server.looks()).hasSize(3);
    }
  }

  @Test
  void anOutageOfTheStoreIsNoLookAtTheEndpoint() {
    try (FakeOpenAiServer server = FakeOpenAiServer.replying()) {
      server.show("/models", AWAY);
      IntConsumer attempt =
          number -> {
            if (number <= 5) {
              throw new IllegalStateException("the store is away");
            }
            if (number == 7) {
              server.show("/models", Reply.ok("{\"data\": [{\"id\": \"test-model\"}]}"));
            }
          };

      begin(
          new WatchedStore(
              store, () -> attempt.accept(Activity.getExecutionContext().getInfo().getAttempt())),
          server);

      assertThat(server.looks()).hasSize(2);
    }
  }

  private Proposal propose(FakeOpenAiServer server, int count) {
    try (TestWorkflowEnvironment environment = environment(store)) {
      return stub(environment, Propose.class)
          .propose(new Requests(store, Models.small(4), llm(server)).initialise(count));
    }
  }

  private static void begin(ArtifactStore store, FakeOpenAiServer server) {
    try (TestWorkflowEnvironment environment = environment(store)) {
      stub(environment, Begin.class)
          .begin(new SearchStart("1", "search-1", "{}", List.of(llm(server)), LlmLimits.NONE));
    }
  }

  private static LargeLanguageModel llm(FakeOpenAiServer server) {
    return new LargeLanguageModel(
        Provider.OPENAI,
        server.baseUrl(),
        LlmWorker.MODEL,
        0.7,
        2_000,
        AnswerFormat.TEXT,
        LargeLanguageModel.PAPER,
        "");
  }

  private static TestWorkflowEnvironment environment(ArtifactStore store) {
    TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance();
    Worker worker = environment.newWorker(QUEUE);
    worker.registerWorkflowImplementationTypes(ProposeImpl.class, BeginImpl.class);
    worker.registerActivitiesImplementations(
        new PopulationActivitiesImpl(
            store, ApiKeys.from(Map.of(ApiKeys.VARIABLE, LlmWorker.KEY)), tokens -> HALF_A_SECOND));
    environment.start();
    return environment;
  }

  private static <T> T stub(TestWorkflowEnvironment environment, Class<T> type) {
    return environment
        .getWorkflowClient()
        .newWorkflowStub(type, WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build());
  }

  /** What the activity ended with. */
  private static ApplicationFailure failure(Runnable call) {
    Throwable failed = catchThrowableOfType(WorkflowException.class, call::run);
    while (!(failed instanceof ApplicationFailure)) {
      failed = failed.getCause();
    }
    return (ApplicationFailure) failed;
  }
}
