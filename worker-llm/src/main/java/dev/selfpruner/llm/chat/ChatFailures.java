package dev.selfpruner.llm.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.TimeoutException;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;

/**
 * What a failed question means to Temporal. No cause is passed on and every text is cleaned of the
 * key, since an endpoint may repeat it.
 */
final class ChatFailures {
  static final String RATE_LIMITED = "LlmRateLimited";
  static final String SERVER_ERROR = "LlmServerError";
  static final String TIMEOUT = "LlmTimeout";
  static final String UNREACHABLE = "LlmUnreachable";
  static final String UNAUTHORIZED = "LlmUnauthorized";
  static final String NOT_FOUND = "LlmNotFound";
  static final String REQUEST_REFUSED = "LlmRequestRefused";
  static final String NOT_THE_PROTOCOL = "LlmProtocolUnknown";

  private static final int LONGEST_EXCERPT = 300;

  private ChatFailures() {}

  static ApplicationFailure of(RuntimeException e, LargeLanguageModel endpoint, ApiKey key) {
    String where = "%s at %s".formatted(endpoint.model(), endpoint.baseUrl());
    Optional<HttpException> refused = causeOf(e, HttpException.class);
    if (refused.isPresent()) {
      return refused(refused.get(), where, key);
    }
    if (causeOf(e, TimeoutException.class).isPresent()) {
      return retryable(
          "%s: no answer in time - is the endpoint overloaded, or the answer asked for too long?"
              .formatted(where),
          TIMEOUT);
    }
    if (causeOf(e, InternalServerException.class).isPresent()) {
      return retryable("%s: answered without a choice".formatted(where), SERVER_ERROR);
    }
    Optional<JsonProcessingException> unreadable = causeOf(e, JsonProcessingException.class);
    if (unreadable.isEmpty() && isConnection(e)) {
      return retryable(
          "%s: cannot be reached (%s) - is the server running, and the address right?"
              .formatted(where, connectionProblem(e, key)),
          UNREACHABLE);
    }
    return permanent(
        "%s: what came back isn't OpenAI's protocol (%s) - the address usually ends in /v1"
            .formatted(where, e.getClass().getSimpleName()),
        NOT_THE_PROTOCOL);
  }

  private static ApplicationFailure refused(HttpException e, String where, ApiKey key) {
    int status = e.statusCode();
    String said = "%s: HTTP %d: %s".formatted(where, status, excerpt(e, key));
    return switch (status) {
      case 401, 403 ->
          permanent( // without what the server said: it may repeat most of a key
              "%s: HTTP %d - set a valid key for this endpoint as %s in the LLM worker's environment"
                  .formatted(where, status, ApiKey.VARIABLE),
              UNAUTHORIZED);
      case 404 -> permanent(said + " - check the address and the model's name", NOT_FOUND);
      case 408 -> retryable(said, TIMEOUT);
      case 429 -> delayed(said, RATE_LIMITED, e);
      default ->
          status >= 500
              ? delayed(said, SERVER_ERROR, e)
              : permanent(
                  said + " - the endpoint doesn't take this request, see what it says",
                  REQUEST_REFUSED);
    };
  }

  private static ApplicationFailure delayed(String message, String type, HttpException e) {
    ApplicationFailure.Builder failure =
        ApplicationFailure.newBuilder().setMessage(message).setType(type);
    if (e instanceof RefusedException refused) {
      refused.retryAfter().ifPresent(failure::setNextRetryDelay);
    }
    return failure.build();
  }

  private static ApplicationFailure retryable(String message, String type) {
    return ApplicationFailure.newFailure(message, type);
  }

  private static ApplicationFailure permanent(String message, String type) {
    return ApplicationFailure.newNonRetryableFailure(message, type);
  }

  private static boolean isConnection(RuntimeException e) {
    return causeOf(e, IOException.class).isPresent()
        || causeOf(e, UnresolvedAddressException.class).isPresent();
  }

  private static String connectionProblem(RuntimeException e, ApiKey key) {
    return causeOf(e, IOException.class)
        .map(
            problem ->
                problem.getClass().getSimpleName()
                    + Optional.ofNullable(problem.getMessage())
                        .map(message -> ": " + key.redact(message))
                        .orElse(""))
        .orElse("unknown host");
  }

  private static String excerpt(HttpException e, ApiKey key) {
    String body = Optional.ofNullable(e.getMessage()).orElse("");
    String clean = key.redact(body).replaceAll("\\s+", " ").strip();
    return clean.length() <= LONGEST_EXCERPT ? clean : clean.substring(0, LONGEST_EXCERPT) + "...";
  }

  private static <T extends Throwable> Optional<T> causeOf(Throwable failure, Class<T> type) {
    Throwable current = failure;
    while (current != null && !type.isInstance(current)) {
      current = current.getCause();
    }
    return Optional.ofNullable(current).map(type::cast);
  }
}
