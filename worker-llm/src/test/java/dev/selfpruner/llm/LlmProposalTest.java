package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.InMemoryArtifactStore;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.CandidateSet;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.Individual;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.PopulationActivities;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.llm.answer.JudgedList;
import dev.selfpruner.llm.chat.Answer;
import dev.selfpruner.llm.chat.ApiKey;
import dev.selfpruner.llm.chat.LlmTimeouts;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Models;
import dev.selfpruner.llm.testing.Reply;
import dev.selfpruner.llm.testing.Requests;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the activity makes of the answers of a server that speaks OpenAI's protocol. */
class LlmProposalTest {
  private static final String MODEL = "test-model";
  private static final String KEY = "sk-very-secret";
  private static final String GOOD =
      "[0.10000, 0.20000, 0.40000, 0.50000]\n[0.20000, 0.40000, 0.40000, 0.20000]";
  private static final LlmTimeouts TIMEOUTS =
      new LlmTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(60));
  private static final LlmTimeouts IMPATIENT =
      new LlmTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(1));

  private final PrunableModel model = Models.small(4);
  private final InMemoryArtifactStore store = new InMemoryArtifactStore();

  @Test
  void goodAnswersBecomeCandidatesOnTheBudget() throws IOException {
    try (FakeOpenAiServer server = FakeOpenAiServer.replying(Reply.text(GOOD))) {
      Proposal proposal = propose(requests(server).initialise(2));

      assertThat(proposal.fallbacks()).isZero();
      assertThat(candidates(proposal))
          .extracting(Candidate::id)
          .containsExactly("i00-initialise-00", "i00-initialise-01");
      assertThat(candidates(proposal).get(0).rates().rates())
          .usingComparatorForType(
              (a, b) -> Math.abs(a - b) < 1e-9 ? 0 : Double.compare(a, b), Double.class)
          .containsExactly(0.1, 0.2, 0.4, 0.5);
      assertThat(candidates(proposal))
          .allSatisfy(candidate -> assertThat(candidate.lineage().source()).isEqualTo(MODEL));
      FakeOpenAiServer.Request request = server.requests().get(0);
      assertThat(request.authorization()).isEqualTo("Bearer " + KEY);
      assertThat(request.body().path("model").asText()).isEqualTo(MODEL);
      assertThat(request.body().path("temperature").asDouble()).isEqualTo(0.7);
      assertThat(request.body().path("max_tokens").asInt()).isEqualTo(2_000);
      assertThat(request.prompt()).contains("little-llama", "4 decimal fractions", "2 lists");
    }
  }

  @Test
  void aProposalIsAskedForOnce() {
    try (FakeOpenAiServer server = FakeOpenAiServer.replying(Reply.text(GOOD))) {
      Proposal proposal = propose(requests(server).initialise(2));

      assertThat(propose(requests(server).initialise(2))).isEqualTo(proposal);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void listsAreFoundInProse() {
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(
            Reply.text("<think>[0.3, 0.2]</think>Of course:\n```\n" + GOOD + "\n```\nEnjoy!"))) {
      assertThat(propose(requests(server).initialise(2)).fallbacks()).isZero();
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void ratesOffTheMeanAreRepairedAndTheRepairIsRecorded() throws IOException {
    try (FakeOpenAiServer server = FakeOpenAiServer.replying(Reply.text("[0.2, 0.3, 0.5, 0.6]"))) {
      Proposal proposal = propose(requests(server).initialise(1));

      Candidate candidate = candidates(proposal).get(0);
      assertThat(candidate.rates().mean()).isCloseTo(0.3, within(1e-9));
      Exchange exchange = exchange(Operator.INITIALISE, 0, 0).orElseThrow();
      assertThat(exchange.prompt()).isEqualTo(server.requests().get(0).prompt());
      assertThat(exchange.promptSha256()).isEqualTo(Digests.sha256(exchange.prompt()));
      assertThat(exchange.model()).isEqualTo(MODEL);
      assertThat(exchange.answer())
          .isEqualTo(new Answer("[0.2, 0.3, 0.5, 0.6]", MODEL + "-2026", "stop", 11, 22));
      assertThat(exchange.lists())
          .singleElement()
          .satisfies(
              list -> {
                assertThat(list.values()).containsExactly(0.2, 0.3, 0.5, 0.6);
                assertThat(list.repaired()).isEqualTo(candidate.rates().rates());
                assertThat(list.repairDistance()).isCloseTo(0.1, within(1e-9));
                assertThat(list.verdict()).isEqualTo(JudgedList.USED);
              });
    }
  }

  @Test
  void unusableListsAreAskedForAgainWithTheReasons() {
    String bad =
        """
        [0.1, 0.2, 0.4]
        [NaN, 0.2, 0.4, 0.5]
        [30, 20, 40, 30]
        [0.3, 0.3, 0.3, 0.3]
        [0.1, 0.2, 0.4, 0.5]
        [0.1, 0.2, 0.4, 0.5]
        """;
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(
            Reply.text(bad), Reply.text("[0.20000, 0.40000, 0.40000, 0.20000]"))) {
      Proposal proposal = propose(requests(server).initialise(2));

      assertThat(proposal.fallbacks()).isZero();
      assertThat(server.requests()).hasSize(2);
      assertThat(server.requests().get(1).prompt())
          .contains(
              """
              - a list had 3 numbers, not 4
              - a list had values that are no finite numbers
              - a list had numbers below 0, or of 1 and more (rates are not per cents)
              - a list had the same rate for every layer
              - a list repeated another one

              1 list must still be found. These were accepted already and must not come again:
              [0.10000, 0.20000, 0.40000, 0.50000]""");
    }
  }

  @Test
  void afterThreeUselessAnswersTheBuiltInOperatorStandsIn() throws IOException {
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(
            Reply.text("[0.1, 0.2, 0.4, 0.5]"), Reply.text("I'm sorry."), Reply.text(""))) {
      Proposal proposal = propose(requests(server).initialise(3));

      assertThat(server.requests()).hasSize(3);
      assertThat(proposal.fallbacks()).isEqualTo(2);
      assertThat(candidates(proposal))
          .extracting(candidate -> candidate.lineage().source())
          .containsExactly(MODEL, "built-in for test-model", "built-in for test-model");
      assertThat(exchange(Operator.INITIALISE, 0, 2)).isPresent();
      assertThat(exchange(Operator.INITIALISE, 0, 3)).isEmpty();
    }
  }

  @Test
  void copiesOfParentsAreRejected() throws IOException {
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(
            Reply.text(GOOD), Reply.text(GOOD), Reply.text("[0.5, 0.1, 0.1, 0.5]"))) {
      Proposal first = propose(requests(server).initialise(2));
      ArtifactRef population =
          requests(server)
              .put(
                  new Population(
                      0,
                      candidates(first).stream()
                          .map(candidate -> new Individual(candidate, 10.5))
                          .toList()));

      Proposal mutants = propose(requests(server).vary(1, Operator.MUTATE, 1, population));

      assertThat(mutants.fallbacks()).isZero();
      assertThat(mutants.ids()).containsExactly("i01-mutate-00");
      assertThat(server.requests().get(1).prompt())
          .contains("1. [0.10000, 0.20000, 0.40000, 0.50000]  fitness: 10.5000");
      assertThat(server.requests().get(2).prompt())
          .contains("- a list repeated one of the configurations given");
    }
  }

  @Test
  void anAnswerCutOffKeepsItsCompleteLists() {
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(
            Reply.cutOff("[0.1, 0.2, 0.4, 0.5]\n[0.2, 0.4, 0."), Reply.text(GOOD))) {
      Proposal proposal = propose(requests(server).initialise(2));

      assertThat(proposal.fallbacks()).isZero();
      assertThat(server.requests().get(1).prompt())
          .contains("1 list must still be found", "cut off")
          .contains("[0.10000, 0.20000, 0.40000, 0.50000]");
    }
  }

  @Test
  void aRateLimitIsRetriedWhenTheServerSaysAndNotCountedAsAnAnswer() throws IOException {
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(
            Reply.text("[0.1, 0.2, 0.4, 0.5]"), Reply.tooMany(17), Reply.text(GOOD))) {
      ProposalRequest request = requests(server).initialise(2);

      assertThat(failure(request, TIMEOUTS))
          .isEqualTo(
              new Failed(
                  "LlmRateLimited",
                  false,
                  Optional.of(Duration.ofSeconds(17)),
                  MODEL
                      + " at "
                      + server.baseUrl()
                      + ": HTTP 429: {\"error\": {\"message\": \"slow down\"}}"));
      assertThat(exchange(Operator.INITIALISE, 0, 1)).isEmpty();

      assertThat(propose(request).fallbacks()).isZero();
      assertThat(server.requests())
          .as("the retry goes on from the first answer, which isn't paid for twice")
          .hasSize(3);
      assertThat(server.requests().get(2).prompt()).isEqualTo(server.requests().get(1).prompt());
    }
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        failure(Reply.error(500, "oops"), "LlmServerError", false, "HTTP 500", "oops"),
        failure(Reply.error(503, "busy"), "LlmServerError", false, "HTTP 503", "busy"),
        failure(Reply.error(401, "no: " + KEY), "LlmUnauthorized", true, ApiKey.VARIABLE),
        failure(Reply.error(403, "no: " + KEY), "LlmUnauthorized", true, ApiKey.VARIABLE),
        failure(Reply.error(404, "no such model"), "LlmNotFound", true, "model's name"),
        failure(Reply.error(400, "bad " + KEY), "LlmRequestRefused", true, "bad •••"),
        failure(Reply.error(301, "there"), "LlmRequestRefused", true, "HTTP 301"),
        failure(new Reply.Silence(), "LlmTimeout", false, "no answer in time"),
        failure(new Reply.HalfABody(), "LlmTimeout", false, "no answer in time"),
        failure(ok("<html>hello</html>"), "LlmProtocolUnknown", true, "/v1"),
        failure(ok("null"), "LlmProtocolUnknown", true, "/v1"),
        failure(ok("{\"choices\": []}"), "LlmServerError", false, "without a choice"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void aFailureOfTheEndpointIsNoAnswer(
      Reply reply, String type, boolean nonRetryable, List<String> said) {
    try (FakeOpenAiServer server = FakeOpenAiServer.replying(reply, Reply.text(GOOD))) {
      LlmTimeouts timeouts = type.equals("LlmTimeout") ? IMPATIENT : TIMEOUTS;
      Failed failed = failure(requests(server).initialise(2), timeouts);

      assertThat(failed.type()).isEqualTo(type);
      assertThat(failed.nonRetryable()).isEqualTo(nonRetryable);
      assertThat(failed.retryAfter()).isEmpty();
      assertThat(failed.message()).contains(said).contains(server.baseUrl()).doesNotContain(KEY);
      assertThat(server.requests()).hasSize(1);
      assertThat(server.requests().get(0).authorization()).isEqualTo("Bearer " + KEY);

      assertThat(propose(requests(server).initialise(2)).fallbacks()).isZero();
    }
  }

  @Test
  void aServerThatIsNotThereIsRetried() {
    FakeOpenAiServer server = FakeOpenAiServer.replying();
    ProposalRequest request = requests(server).initialise(2);
    server.close();

    Failed failed = failure(request, TIMEOUTS);

    assertThat(failed.type()).isEqualTo("LlmUnreachable");
    assertThat(failed.nonRetryable()).isFalse();
    assertThat(failed.message()).contains("is the server running");
  }

  @Test
  void aModelThatRefusesIsReplacedByTheBuiltInOperator() {
    String refusal =
        """
        {"choices": [{"index": 0, "message": {"role": "assistant", "refusal": "I won't"}}]}
        """;
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(ok(refusal), ok(refusal), ok(refusal))) {
      assertThat(propose(requests(server).initialise(2)).fallbacks()).isEqualTo(2);
    }
  }

  @Test
  void aWellBehavedModelIsAskedOnceAProposal() throws IOException {
    try (FakeOpenAiServer server = FakeOpenAiServer.wellBehavedAfter()) {
      Proposal first = propose(requests(server).initialise(12));
      ArtifactRef population =
          requests(server)
              .put(
                  new Population(
                      0,
                      candidates(first).stream()
                          .map(candidate -> new Individual(candidate, 10.5))
                          .toList()));
      Proposal children = propose(requests(server).vary(1, Operator.CROSS_OVER, 10, population));

      assertThat(first.ids()).hasSize(12);
      assertThat(children.ids()).hasSize(10);
      assertThat(first.fallbacks() + children.fallbacks()).isZero();
      assertThat(server.requests()).hasSize(2);
    }
  }

  private record Failed(
      String type, boolean nonRetryable, Optional<Duration> retryAfter, String message) {}

  private static Arguments failure(Reply reply, String type, boolean permanent, String... said) {
    return Arguments.of(reply, type, permanent, List.of(said));
  }

  private static Reply ok(String body) {
    return new Reply.Status(200, Map.of(), body);
  }

  private Requests requests(FakeOpenAiServer server) {
    return new Requests(
        store, model, new Generator.LargeLanguageModel(server.baseUrl(), MODEL, 0.7, 2_000));
  }

  /** By a worker of its own, as after a crash: only the store remembers. */
  private Proposal propose(ProposalRequest request) {
    return propose(request, TIMEOUTS);
  }

  private Proposal propose(ProposalRequest request, LlmTimeouts timeouts) {
    TestActivityEnvironment environment = TestActivityEnvironment.newInstance();
    try {
      environment.registerActivitiesImplementations(
          new PopulationActivitiesImpl(store, ApiKey.from(Map.of(ApiKey.VARIABLE, KEY)), timeouts));
      return environment.newActivityStub(PopulationActivities.class).propose(request);
    } finally {
      environment.close();
    }
  }

  private Failed failure(ProposalRequest request, LlmTimeouts timeouts) {
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

  private List<Candidate> candidates(Proposal proposal) throws IOException {
    return CandidateSet.read(store.read(proposal.candidates())).candidates();
  }

  private Optional<Exchange> exchange(Operator operator, int iteration, int round)
      throws IOException {
    Optional<ArtifactRef> ref =
        store.find(SearchIndex.transcript(Requests.SEARCH, iteration, operator, round));
    return ref.isEmpty()
        ? Optional.empty()
        : Optional.of(Json.read(store.read(ref.orElseThrow()), Exchange.class));
  }
}
