package dev.selfpruner.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.search.Operator;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.llm.chat.ApiKeys;
import dev.selfpruner.llm.chat.LlmTimeouts;
import dev.selfpruner.llm.testing.FakeOpenAiServer;
import dev.selfpruner.llm.testing.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Trouble with an endpoint is Temporal's business: it neither counts as an answer nor tells the
 * key.
 */
class LlmEndpointFailureTest {
  private final LlmWorker worker = new LlmWorker();

  @Test
  void aRateLimitIsRetriedWhenTheServerSaysAndNotCountedAsAnAnswer() throws IOException {
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(
            Reply.text("[0.1, 0.2, 0.4, 0.5]"), Reply.tooMany(17), Reply.text(LlmWorker.GOOD))) {
      ProposalRequest request = worker.requests(server).initialise(2);

      assertThat(worker.failure(request, LlmWorker.PATIENT))
          .isEqualTo(
              new LlmWorker.Failed(
                  "LlmRateLimited",
                  false,
                  Optional.of(Duration.ofSeconds(17)),
                  LlmWorker.MODEL
                      + " at "
                      + server.baseUrl()
                      + ": HTTP 429: {\"error\": {\"message\": \"slow down\"}}"));
      assertThat(worker.exchange(Operator.INITIALISE, 0, 1)).isEmpty();

      assertThat(worker.propose(request).fallbacks()).isZero();
      assertThat(server.requests())
          .as("the retry goes on from the first answer, which isn't paid for twice")
          .hasSize(3);
      assertThat(server.requests().get(2).prompt()).isEqualTo(server.requests().get(1).prompt());
    }
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        failure(Reply.error(500, "oops"), "LlmServerError", false, "HTTP 500", "oops"),
        failure(
            Reply.error(500, "1 validation error: response_format, type"),
            "LlmRequestRefused",
            true,
            "response_format"),
        failure(Reply.error(503, "busy"), "LlmServerError", false, "HTTP 503", "busy"),
        failure(
            Reply.error(401, "no: " + LlmWorker.KEY), "LlmUnauthorized", true, ApiKeys.VARIABLE),
        failure(
            Reply.error(403, "no: " + LlmWorker.KEY), "LlmUnauthorized", true, ApiKeys.VARIABLE),
        failure(Reply.error(404, "no such model"), "LlmNotFound", true, "model's name"),
        failure(Reply.error(400, "bad " + LlmWorker.KEY), "LlmRequestRefused", true, "bad •••"),
        failure(Reply.error(301, "there"), "LlmRequestRefused", true, "HTTP 301"),
        failure(new Reply.Silence(), "LlmTimeout", false, "no answer in time"),
        failure(new Reply.HalfABody(), "LlmTimeout", false, "no answer in time"),
        failure(Reply.ok("<html>hello</html>"), "LlmProtocolUnknown", true, "/v1"),
        failure(Reply.ok("null"), "LlmProtocolUnknown", true, "/v1"),
        failure(Reply.ok("{\"choices\": []}"), "LlmServerError", false, "without a choice"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void aFailureOfTheEndpointIsNoAnswer(
      Reply reply, String type, boolean nonRetryable, List<String> said) {
    try (FakeOpenAiServer server = FakeOpenAiServer.replying(reply, Reply.text(LlmWorker.GOOD))) {
      LlmTimeouts timeouts = type.equals("LlmTimeout") ? LlmWorker.IMPATIENT : LlmWorker.PATIENT;
      LlmWorker.Failed failed = worker.failure(worker.requests(server).initialise(2), timeouts);

      assertThat(failed.type()).isEqualTo(type);
      assertThat(failed.nonRetryable()).isEqualTo(nonRetryable);
      assertThat(failed.retryAfter()).isEmpty();
      assertThat(failed.message())
          .contains(said)
          .contains(server.baseUrl())
          .doesNotContain(LlmWorker.KEY);
      assertThat(server.requests()).hasSize(1);
      assertThat(server.requests().get(0).authorization()).isEqualTo("Bearer " + LlmWorker.KEY);

      assertThat(worker.propose(worker.requests(server).initialise(2)).fallbacks()).isZero();
    }
  }

  static Stream<Arguments> refusalsOfWhatWasRight() {
    return Stream.of(
        Arguments.of(Reply.error(401, "the key was rotated"), "LlmUnauthorized"),
        Arguments.of(Reply.error(403, "the session has expired"), "LlmUnauthorized"),
        Arguments.of(Reply.error(404, "the model is being replaced"), "LlmNotFound"),
        Arguments.of(Reply.error(402, "top up"), "LlmQuotaExhausted"),
        Arguments.of(Reply.ok("<html>maintenance</html>"), "LlmProtocolUnknown"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusalsOfWhatWasRight")
  void anEndpointThatHasAnsweredTheSearchIsWaitedForWhateverItSaysOfKeyOrModel(
      Reply refusal, String type) {
    try (FakeOpenAiServer server =
        FakeOpenAiServer.replying(
            Reply.text(LlmWorker.GOOD), refusal, Reply.error(400, "too long"))) {
      ProposalRequest request = worker.requests(server).initialise(4);

      LlmWorker.Failed failed = worker.failure(request, LlmWorker.PATIENT);

      assertThat(failed.type()).isEqualTo(type);
      assertThat(failed.nonRetryable()).isFalse();
      assertThat(failed.retryAfter()).contains(Duration.ofMinutes(5));
      assertThat(failed.message())
          .contains(server.baseUrl())
          .endsWith("the search waits, and asks again every 5 minutes")
          .doesNotContain(LlmWorker.KEY);
      assertThat(worker.failure(request, LlmWorker.PATIENT))
          .as("what the question says stays wrong")
          .returns("LlmRequestRefused", LlmWorker.Failed::type)
          .returns(true, LlmWorker.Failed::nonRetryable);
    }
  }

  @Test
  void aServerThatIsNotThereIsRetried() {
    FakeOpenAiServer server = FakeOpenAiServer.replying();
    ProposalRequest request = worker.requests(server).initialise(2);
    server.close();

    LlmWorker.Failed failed = worker.failure(request, LlmWorker.PATIENT);

    assertThat(failed.type()).isEqualTo("LlmUnreachable");
    assertThat(failed.nonRetryable()).isFalse();
    assertThat(failed.message()).contains("is the server running");
  }

  private static Arguments failure(Reply reply, String type, boolean permanent, String... said) {
    return Arguments.of(reply, type, permanent, List.of(said));
  }
}
