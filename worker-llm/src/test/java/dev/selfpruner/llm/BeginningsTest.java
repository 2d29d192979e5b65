package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.selfpruner.activities.artifact.InMemoryArtifactStore;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.activities.search.SearchStart;
import dev.selfpruner.llm.chat.ApiKeys;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Reply;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is looked at before a search computes anything. */
class BeginningsTest {
  private static final String MODELS = "{\"data\": [{\"id\": \"small\"}, {\"id\": \"large\"}]}";

  private final InMemoryArtifactStore store = new InMemoryArtifactStore();

  @Test
  void anEndpointWithTheModelIsAskedNothing() throws IOException {
    try (FakeOpenAiServer server = FakeOpenAiServer.replying()) {
      server.show("/models", Reply.ok(MODELS));

      begin(llm(server.baseUrl(), "small"));

      assertThat(server.requests()).isEmpty();
      assertThat(store.find(SearchIndex.start("search-1"))).isPresent();
    }
  }

  @Test
  void aModelThatIsNotThereIsSaid() {
    try (FakeOpenAiServer server = FakeOpenAiServer.replying()) {
      server.show("/models", Reply.ok(MODELS));

      ApplicationFailure failure = failure(llm(server.baseUrl(), "smal"));

      assertThat(failure.isNonRetryable()).isTrue();
      assertThat(failure.getType()).isEqualTo("LlmNotFound");
      assertThat(failure.getOriginalMessage()).contains("smal at", "small, large");
    }
  }

  @Test
  void anEndpointThatIsBusyIsThere() {
    try (FakeOpenAiServer server = FakeOpenAiServer.replying()) {
      server.show("/models", Reply.tooMany(3_600));

      assertThatCode(() -> begin(llm(server.baseUrl(), "small"))).doesNotThrowAnyException();
    }
  }

  @Test
  void aProvidersOwnAddressNeedsAKey() {
    LargeLanguageModel claude =
        new LargeLanguageModel(
            Provider.ANTHROPIC, "", "claude", 1.0, 100, AnswerFormat.TEXT, "paper", "");

    assertThat(failure(claude).getType()).isEqualTo("LlmNoKey");
  }

  @Test
  void promptsHaveToBeInTheStore() {
    try (FakeOpenAiServer server = FakeOpenAiServer.replying()) {
      LargeLanguageModel own =
          new LargeLanguageModel(
              Provider.OPENAI,
              server.baseUrl(),
              "m",
              1.0,
              100,
              AnswerFormat.TEXT,
              "0".repeat(64),
              "");

      assertThat(failure(own).getOriginalMessage()).contains("no prompts with the digest 000");
      assertThat(server.looks()).isEmpty();
    }
  }

  @Test
  void recordedAnswersHaveToBeThereButNotForTheFirstPopulation() throws IOException {
    LargeLanguageModel recorded = llm("http://localhost/v1", "m").answering("recorded");

    assertThat(failure(recorded).getType()).isEqualTo("LlmAnswerNotRecorded");

    var unused =
        store.index(
            SearchIndex.transcript("recorded", 1, Operator.MUTATE, 0), store.put(new byte[] {1}));
    assertThatCode(() -> begin(recorded)).doesNotThrowAnyException();
  }

  private static LargeLanguageModel llm(String baseUrl, String model) {
    return LargeLanguageModel.compatible(baseUrl, model, 1.0, 100);
  }

  private ApplicationFailure failure(Generator generator) {
    try {
      begin(generator);
    } catch (ActivityFailure e) {
      return (ApplicationFailure) e.getCause();
    }
    throw new AssertionError("it began");
  }

  private void begin(Generator generator) {
    TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    try {
      environment.registerActivitiesImplementations(
          new PopulationActivitiesImpl(store, ApiKeys.from(Map.of()), tokens -> LlmWorker.PATIENT));
      environment
          .newActivityStub(PopulationActivities.class)
          .begin(new SearchStart("1", "search-1", "{}", List.of(generator), LlmLimits.NONE));
    } finally {
      environment.close();
    }
  }
}
