package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.AnswerFormat;
import dev.selfpruner.activities.search.Candidate;
import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.Proposal;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.llm.chat.Answer;
import dev.selfpruner.llm.chat.LlmTimeouts;
import dev.selfpruner.llm.testing.FakeLlmServer;
import dev.selfpruner.llm.testing.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a search may rely on, whichever provider answers it: usable candidates, or a failure that
 * Temporal may retry, or one that ends it and says why. Every provider's test is this one against a
 * server that speaks its protocol.
 */
@Timeout(60)
abstract class ProviderContract {
  /** Layers in their order, which is the order in which a model writes them. */
  private static final String SCHEMA =
      """
      {"type":"object",
       "properties":{"configurations":{"type":"array","items":{"type":"object",
         "properties":{"layer_0":{"type":"number"},"layer_1":{"type":"number"},
                       "layer_2":{"type":"number"},"layer_3":{"type":"number"}},
         "required":["layer_0","layer_1","layer_2","layer_3"],
         "additionalProperties":false}}},
       "required":["configurations"],
       "additionalProperties":false}
      """;

  final LlmWorker worker = new LlmWorker();

  abstract Provider provider();

  /** A server that gives these replies first, and then what it makes of each prompt. */
  abstract FakeLlmServer server(Function<String, Reply> afterwards, Reply... replies);

  /** The key, wherever the protocol has it. */
  abstract String key(FakeLlmServer.Request request);

  /** The model's name as the endpoint reports it. */
  String reportedModel() {
    return LlmWorker.MODEL + "-2026";
  }

  /** Expects the model, a temperature of 0.7 and a limit of 2,000 tokens. */
  abstract void requireSettings(FakeLlmServer.Request request);

  /** The schema in a request's body. */
  abstract JsonNode schema(JsonNode body);

  @Test
  void goodAnswersBecomeCandidates() throws IOException {
    try (FakeLlmServer server = goodAfter()) {
      Proposal proposal = worker.propose(request(server, AnswerFormat.TEXT));

      assertThat(proposal.fallbacks()).isZero();
      assertThat(worker.candidates(proposal))
          .hasSize(2)
          .extracting(candidate -> candidate.lineage().source())
          .containsOnly(LlmWorker.MODEL);
      FakeLlmServer.Request asked = server.requests().get(0);
      assertThat(key(asked)).contains(keySent());
      assertThat(asked.path()).doesNotContain(LlmWorker.KEY);
      requireSettings(asked);
      assertThat(firstAnswer())
          .as("without the thought, and with every token counted")
          .isEqualTo(
              new Answer(
                  LlmWorker.GOOD,
                  reportedModel(),
                  "stop",
                  FakeLlmServer.INPUT_TOKENS,
                  FakeLlmServer.OUTPUT_TOKENS,
                  false));
    }
  }

  String keySent() {
    return LlmWorker.KEY;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Of course! Here are the lists:\n%s\nDo try them.",
        "```json\n%s\n```",
        "<think>[0.3, 0.2]</think>%s"
      })
  void listsAreFoundInWhatIsAroundThem(String text) {
    try (FakeLlmServer server = goodAfter(Reply.text(text.formatted(LlmWorker.GOOD)))) {
      assertThat(worker.propose(request(server, AnswerFormat.TEXT)).fallbacks()).isZero();
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void anAnswerCutOffKeepsItsCompleteLists() throws IOException {
    try (FakeLlmServer server = goodAfter(Reply.cutOff("[0.1, 0.2, 0.5, 0.4]\n[0.2, 0.4, 0."))) {
      Proposal proposal = worker.propose(request(server, AnswerFormat.TEXT));

      assertThat(proposal.fallbacks()).isZero();
      assertThat(firstAnswer().finishReason()).isEqualTo(Answer.CUT_OFF);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[0.1, 0.2, 0.4]",
        "[NaN, 0.2, 0.4, 0.5]",
        "[0.1, 0.2, 0.4, 0.5]\n[0.1, 0.2, 0.4, 0.5]",
        "I'd rather not.",
        ""
      })
  void whatCannotBeUsedIsAskedForAgainAndThenReplaced(String bad) throws IOException {
    try (FakeLlmServer server = goodAfter(Reply.text(bad))) {
      assertThat(worker.propose(request(server, AnswerFormat.TEXT)).fallbacks()).isZero();
    }
    try (FakeLlmServer server = server(prompt -> Reply.text(bad))) {
      LlmWorker other = new LlmWorker();
      Proposal proposal =
          other.propose(other.requests(server, provider(), AnswerFormat.TEXT).initialise(2));

      assertThat(proposal.fallbacks()).isBetween(1, 2);
      assertThat(other.candidates(proposal)).extracting(Candidate::id).hasSize(2);
      assertThat(server.requests()).hasSizeLessThan(10);
    }
  }

  /** What an endpoint could repeat. */
  String secret() {
    return LlmWorker.KEY;
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void aKeyThatIsRefusedEndsIt(int status) {
    LlmWorker.Failed failed = failure(refusing(status, "no such key: " + secret()));

    assertThat(failed.type()).isEqualTo("LlmUnauthorized");
    assertThat(failed.nonRetryable()).isTrue();
  }

  @Test
  void aModelThatIsNotThereEndsIt() {
    LlmWorker.Failed failed = failure(refusing(404, "no such model"));

    assertThat(failed.type()).isEqualTo("LlmNotFound");
    assertThat(failed.nonRetryable()).isTrue();
    assertThat(failed.message()).contains("no such model", LlmWorker.MODEL);
  }

  @Test
  void aRequestThatIsRefusedEndsIt() {
    LlmWorker.Failed failed = failure(refusing(400, "temperature: no " + secret()));

    assertThat(failed.type()).isEqualTo("LlmRequestRefused");
    assertThat(failed.nonRetryable()).isTrue();
    assertThat(failed.message()).contains("temperature: no");
  }

  @Test
  void aRateLimitIsRetriedWhenTheEndpointSays() {
    LlmWorker.Failed failed =
        failure(
            server ->
                Reply.with(server.refusal(429, "slow down"), "Retry-After", Integer.toString(17)));

    assertThat(failed.type()).isEqualTo("LlmRateLimited");
    assertThat(failed.nonRetryable()).isFalse();
    assertThat(failed.retryAfter()).isEqualTo(Optional.of(Duration.ofSeconds(17)));
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503, 529})
  void aServersErrorIsRetried(int status) {
    LlmWorker.Failed failed = failure(refusing(status, "oops"));

    assertThat(failed.type()).isEqualTo("LlmServerError");
    assertThat(failed.nonRetryable()).isFalse();
    assertThat(failed.message()).contains("HTTP " + status, "oops");
  }

  @Test
  void aTimeoutOfTheEndpointsIsRetried() {
    LlmWorker.Failed failed = failure(refusing(408, "too slow"));

    assertThat(failed.type()).isEqualTo("LlmTimeout");
    assertThat(failed.nonRetryable()).isFalse();
  }

  @Test
  void aConnectionThatHangsIsRetried() {
    requireTimeout(new Reply.Silence());
  }

  @Test
  void anAnswerThatStopsInTheMiddleIsRetried() {
    requireTimeout(new Reply.HalfABody());
  }

  private void requireTimeout(Reply reply) {
    LlmWorker.Failed failed = failure(server -> reply, LlmWorker.IMPATIENT);

    assertThat(failed.type()).isEqualTo("LlmTimeout");
    assertThat(failed.nonRetryable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>hello</html>", "null", "[1"})
  void whatIsNotTheProtocolEndsIt(String body) {
    LlmWorker.Failed failed = failure(server -> Reply.ok(body));

    assertThat(failed.type()).isEqualTo("LlmProtocolUnknown");
    assertThat(failed.nonRetryable()).isTrue();
  }

  @Test
  void aServerThatIsNotThereIsRetried() {
    FakeLlmServer server = goodAfter();
    ProposalRequest request = request(server, AnswerFormat.TEXT);
    server.close();

    LlmWorker.Failed failed = worker.failure(request, LlmWorker.PATIENT);

    assertThat(failed.type()).isEqualTo("LlmUnreachable");
    assertThat(failed.nonRetryable()).isFalse();
  }

  @Test
  void tokensThatAreNotCountedAreEstimated() throws IOException {
    try (FakeLlmServer server = goodAfter(new Reply.Uncounted(LlmWorker.GOOD))) {
      assertThat(worker.propose(request(server, AnswerFormat.TEXT)).fallbacks()).isZero();

      Answer answer = firstAnswer();
      assertThat(answer.estimated()).isTrue();
      assertThat(answer.outputTokens()).isEqualTo((LlmWorker.GOOD.length() + 2) / 3);
      assertThat(answer.inputTokens())
          .isEqualTo((server.requests().get(0).prompt().length() + 2) / 3);
    }
  }

  @Test
  void aSchemaIsSentWhereOneIsAskedFor() throws IOException {
    String answer = "{\"configurations\": [{\"layer_0\": 0.1}]}";
    try (FakeLlmServer server = server(prompt -> Reply.text(answer))) {
      Proposal unused = worker.propose(request(server, AnswerFormat.SCHEMA));

      assertThat(schema(server.requests().get(0).body()))
          .hasToString(Json.mapper().readTree(SCHEMA).toString());
      assertThat(firstAnswer().text()).isEqualTo(answer);
    }
    try (FakeLlmServer server = goodAfter()) {
      LlmWorker other = new LlmWorker();
      Proposal unused =
          other.propose(other.requests(server, provider(), AnswerFormat.TEXT).initialise(2));
      assertThat(schema(server.requests().get(0).body()).isMissingNode()).isTrue();
    }
  }

  final LlmWorker.Failed failure(Function<FakeLlmServer, Reply> reply) {
    return failure(reply, LlmWorker.PATIENT);
  }

  /** Fails once, is found right, and goes on. */
  private LlmWorker.Failed failure(Function<FakeLlmServer, Reply> reply, LlmTimeouts timeouts) {
    try (FakeLlmServer unstarted = goodAfter()) {
      Reply first = reply.apply(unstarted);
      try (FakeLlmServer server = goodAfter(first)) {
        ProposalRequest request = request(server, AnswerFormat.TEXT);
        LlmWorker.Failed failed = worker.failure(request, timeouts);

        assertThat(failed.message()).contains(server.baseUrl()).doesNotContain(LlmWorker.KEY);
        assertThat(server.requests()).as("no retries but Temporal's").hasSize(1);
        assertThat(worker.propose(request).fallbacks()).isZero();
        return failed;
      }
    }
  }

  private static Function<FakeLlmServer, Reply> refusing(int status, String message) {
    return server -> server.refusal(status, message);
  }

  private FakeLlmServer goodAfter(Reply... replies) {
    return server(prompt -> Reply.text(LlmWorker.GOOD), replies);
  }

  private ProposalRequest request(FakeLlmServer server, AnswerFormat format) {
    return worker.requests(server, provider(), format).initialise(2);
  }

  private Answer firstAnswer() throws IOException {
    return worker.exchange(Operator.INITIALISE, 0, 0).orElseThrow().answer();
  }
}
