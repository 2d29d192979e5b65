package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.ArtifactStore;
import dev.selfpruner.activities.artifact.InMemoryArtifactStore;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.llm.chat.ApiKeys;
import dev.selfpruner.llm.chat.LlmTimeouts;
import dev.selfpruner.llm.testing.FakeLlmServer;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Models;
import dev.selfpruner.llm.testing.Requests;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An LLM worker that lives for one call, so that only the store remembers, as after a crash. */
final class LlmWorker {
  static final String MODEL = "test-model";
  static final String KEY = "sk-very-secret";

  /** Two lists for a model of four layers and a mean of 0.3. */
  static final String GOOD =
      "[0.10000, 0.20000, 0.40000, 0.50000]\n[0.20000, 0.40000, 0.40000, 0.20000]";

  static final LlmTimeouts PATIENT =
      new LlmTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(60));
  static final LlmTimeouts IMPATIENT =
      new LlmTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(1));

  private final InMemoryArtifactStore store = new InMemoryArtifactStore();

  /** How an activity failed, as Temporal sees it. */
  record Failed(String type, boolean nonRetryable, Optional<Duration> retryAfter, String message) {}

  ArtifactStore store() {
    return store;
  }

  Requests requests(FakeOpenAiServer server) {
    return requests(server, Provider.OPENAI, AnswerFormat.TEXT);
  }

  Requests requests(FakeLlmServer server, Provider provider, AnswerFormat format) {
    return new Requests(
        store,
        Models.small(4),
        new LargeLanguageModel(
            provider, server.baseUrl(), MODEL, 0.7, 2_000, format, LargeLanguageModel.PAPER, ""));
  }

  Proposal propose(ProposalRequest request) {
    return propose(request, PATIENT);
  }

  Proposal propose(ProposalRequest request, LlmTimeouts timeouts) {
    TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    try {
      environment.registerActivitiesImplementations(
          new PopulationActivitiesImpl(
              store, ApiKeys.from(Map.of(ApiKeys.VARIABLE, KEY)), tokens -> timeouts));
      return environment.newActivityStub(PopulationActivities.class).propose(request);
    } finally {
      environment.close();
    }
  }

  Failed failure(ProposalRequest request, LlmTimeouts timeouts) {
    try {
      Proposal unexpected = propose(request, timeouts);
      throw new AssertionError("the activity gave " + unexpected);
    } catch (ActivityFailure e) {
      ApplicationFailure failure = (ApplicationFailure) e.getCause();
      assertThat(failure.getCause()).as("a cause could carry the key").isNull();
      return new Failed(
          failure.getType(),
          failure.isNonRetryable(),
          Optional.ofNullable(failure.getNextRetryDelay()),
          failure.getOriginalMessage());
    }
  }

  List<Candidate> candidates(Proposal proposal) throws IOException {
    return CandidateSet.read(store.read(proposal.candidates())).candidates();
  }

  Optional<Exchange> exchange(Operator operator, int iteration, int round) throws IOException {
    Optional<ArtifactRef> ref =
        store.find(SearchIndex.transcript(Requests.SEARCH, iteration, operator, round));
    return ref.isEmpty()
        ? Optional.empty()
        : Optional.of(Json.read(store.read(ref.orElseThrow()), Exchange.class));
  }
}
