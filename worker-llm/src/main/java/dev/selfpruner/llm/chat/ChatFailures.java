package dev.selfpruner.llm.chat;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.TimeoutException;
import dev.selfpruner.activities.search.Generator.LargeLanguageModel;
import dev.selfpruner.activities.search.Provider;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What a failed question means to Temporal, whoever's protocol it was asked in. No cause is passed
 * on and every text is cleaned of the key, since an endpoint may repeat it.
 */
public final class ChatFailures {
  static final String NO_KEY = "LlmNoKey";

  /** The endpoint is there, and wants to be left alone for a while. */
  public static final String RATE_LIMITED = "LlmRateLimited";

  static final String QUOTA_EXHAUSTED = "LlmQuotaExhausted";
  static final String SERVER_ERROR = "LlmServerError";

  /** No whole answer within the deadline. */
  public static final String TIMEOUT = "LlmTimeout";

  static final String UNREACHABLE = "LlmUnreachable";
  static final String UNAUTHORIZED = "LlmUnauthorized";
  static final String NOT_FOUND = "LlmNotFound";
  static final String REQUEST_REFUSED = "LlmRequestRefused";
  static final String NOT_THE_PROTOCOL = "LlmProtocolUnknown";

  /**
   * What somebody at an endpoint, or with an account there, has changed, and may change back: a key
   * that was rotated or has expired, an account without credit, a page that says that the server is
   * being maintained. A request that is refused for what it says stays so.
   */
  private static final Set<String> MENDABLE =
      Set.of(NO_KEY, UNAUTHORIZED, NOT_FOUND, QUOTA_EXHAUSTED, NOT_THE_PROTOCOL);

  private static final int LONGEST_EXCERPT = 300;

  private ChatFailures() {}

  /** Whether an endpoint that fails so may answer again without a change to what it is asked. */
  public static boolean isMendable(ApplicationFailure failure) {
    return MENDABLE.contains(failure.getType());
  }

  static ApplicationFailure of(RuntimeException e, LargeLanguageModel endpoint, ApiKey key) {
    Address address = Address.of(endpoint);
    String where = "%s at %s".formatted(endpoint.model(), address);
    Optional<Refusal> refusal = Refusal.in(e);
    if (refusal.isPresent()) {
      return refused(refusal.get(), where, address.provider(), key);
    }
    if (Causes.find(e, TimeoutException.class).isPresent()) {
      return retryable(
          "%s: no answer in time - is the endpoint overloaded, or the answer asked for too long?"
              .formatted(where),
          TIMEOUT);
    }
    if (Thread.currentThread().isInterrupted()) {
      return retryable("%s: interrupted while waiting for an answer".formatted(where), UNREACHABLE);
    }
    if (Causes.find(e, InternalServerException.class).isPresent()) {
      return retryable("%s: answered without a choice".formatted(where), SERVER_ERROR);
    }
    Optional<ConnectionException> connection = Causes.find(e, ConnectionException.class);
    if (connection.isPresent()) {
      return retryable(
          "%s: cannot be reached (%s) - is the server running, and the address right?"
              .formatted(where, describe(connection.get().getCause(), key)),
          UNREACHABLE);
    }
    return permanent(
        "%s: what came back isn't %s protocol (%s) - %s"
            .formatted(where, address.protocol(), e.getClass().getSimpleName(), address.hint()),
        NOT_THE_PROTOCOL);
  }

  private static ApplicationFailure refused(
      Refusal refusal, String where, Provider provider, ApiKey key) {
    String said = "%s: HTTP %d: %s".formatted(where, refusal.status(), excerpt(refusal, key));
    return switch (refusal.kind()) {
      case UNAUTHORIZED -> // without what the server said: it may repeat most of a key
          permanent(
              "%s: HTTP %d - %s".formatted(where, refusal.status(), keyAdvice(provider)),
              UNAUTHORIZED);
      case NOT_FOUND -> permanent(said + " - check the address and the model's name", NOT_FOUND);
      case QUOTA_EXHAUSTED ->
          permanent(said + " - no wait helps: the account has nothing left", QUOTA_EXHAUSTED);
      case TIMEOUT -> retryable(said, TIMEOUT);
      case RATE_LIMITED -> delayed(said, RATE_LIMITED, refusal.retryAfter());
      case SERVER_ERROR -> delayed(said, SERVER_ERROR, refusal.retryAfter());
      case REQUEST_REFUSED ->
          permanent(
              said + " - the endpoint doesn't take this request, see what it says",
              REQUEST_REFUSED);
    };
  }

  private static String keyAdvice(Provider provider) {
    return switch (provider) {
      case OPENAI, ANTHROPIC, GEMINI ->
          "set a valid key for this endpoint as %s in the LLM worker's environment (the others of these go to the provider's own address only)"
              .formatted(String.join(" or ", ApiKeys.variables(provider)));
      case BEDROCK ->
          "give the LLM worker AWS credentials that are valid and allow bedrock:InvokeModel on this model";
    };
  }

  private static ApplicationFailure delayed(String message, String type, Duration wait) {
    ApplicationFailure.Builder failure =
        ApplicationFailure.newBuilder().setMessage(message).setType(type);
    if (!wait.isZero()) {
      failure.setNextRetryDelay(wait);
    }
    return failure.build();
  }

  private static ApplicationFailure retryable(String message, String type) {
    return ApplicationFailure.newFailure(message, type);
  }

  private static ApplicationFailure permanent(String message, String type) {
    return ApplicationFailure.newNonRetryableFailure(message, type);
  }

  private static String describe(IOException problem, ApiKey key) {
    return problem.getClass().getSimpleName()
        + Optional.ofNullable(problem.getMessage())
            .map(message -> ": " + key.redact(message))
            .orElse("");
  }

  private static String excerpt(Refusal refusal, ApiKey key) {
    String clean = key.redact(refusal.text()).replaceAll("\\s+", " ").strip();
    return clean.length() <= LONGEST_EXCERPT ? clean : clean.substring(0, LONGEST_EXCERPT) + "...";
  }
}
