package dev.selfpruner.llm.chat;

import dev.langchain4j.exception.HttpException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * An endpoint's no, whichever client has heard it.
 *
 * @param status of HTTP
 * @param code of AWS's; empty for others
 * @param text what the endpoint says; it may repeat the key
 * @param retryAfter how long it asks to be left alone; zero where it doesn't say
 */
record Refusal(int status, String code, String text, Duration retryAfter) {
  /** What is to be done about a refusal. */
  enum Kind {
    UNAUTHORIZED,
    NOT_FOUND,
    QUOTA_EXHAUSTED,
    RATE_LIMITED,
    TIMEOUT,
    SERVER_ERROR,
    REQUEST_REFUSED
  }

  /** What AWS says of credentials, with one status or another. */
  private static final Set<String> CREDENTIALS =
      Set.of(
          "AccessDeniedException",
          "ExpiredTokenException",
          "IncompleteSignature",
          "InvalidClientTokenId",
          "InvalidSignatureException",
          "MissingAuthenticationToken",
          "UnrecognizedClientException");

  static Optional<Refusal> in(Throwable failure) {
    Optional<AwsServiceException> aws = Causes.find(failure, AwsServiceException.class);
    return aws.isPresent()
        ? aws.map(Refusal::of)
        : Causes.find(failure, HttpException.class).map(Refusal::of);
  }

  private static Refusal of(HttpException e) {
    String text = Optional.ofNullable(e.getMessage()).orElse("");
    Duration wait = e instanceof RefusedException refused ? refused.retryAfter() : Duration.ZERO;
    return new Refusal(e.statusCode(), "", text, wait.isZero() ? RetryAfter.inBody(text) : wait);
  }

  private static Refusal of(AwsServiceException e) {
    Optional<AwsErrorDetails> details = Optional.ofNullable(e.awsErrorDetails());
    String code = details.map(AwsErrorDetails::errorCode).orElse("");
    String said = details.map(AwsErrorDetails::errorMessage).orElse("");
    Duration wait =
        details
            .map(AwsErrorDetails::sdkHttpResponse)
            .flatMap(response -> response.firstMatchingHeader("Retry-After"))
            .map(value -> RetryAfter.of(value, Clock.systemUTC()))
            .orElse(Duration.ZERO);
    return new Refusal(e.statusCode(), code, code + ": " + said, wait);
  }

  Kind kind() {
    if (isOutOfCredit()) {
      return Kind.QUOTA_EXHAUSTED;
    }
    if (isUnknownKey()) {
      return Kind.UNAUTHORIZED;
    }
    if (isUnknownModel()) {
      return Kind.NOT_FOUND;
    }
    return switch (status) {
      case 408 -> Kind.TIMEOUT;
      case 429 -> Kind.RATE_LIMITED;
      case 424 -> Kind.SERVER_ERROR; // Bedrock's, where the model behind it failed
      default -> status >= 500 && !isAboutTheForm() ? Kind.SERVER_ERROR : Kind.REQUEST_REFUSED;
    };
  }

  /** Some local servers fail with 500 on a form of answers that they don't know, and will again. */
  private boolean isAboutTheForm() {
    return text.contains("response_format") || text.contains("json_schema");
  }

  /** No wait helps: OpenAI says it as 429, Anthropic as 400, others as 402. */
  private boolean isOutOfCredit() {
    return status == 402
        || (status == 429 && text.contains("insufficient_quota"))
        || (status == 400 && text.contains("credit balance is too low"))
        || code.equals("ServiceQuotaExceededException");
  }

  /** Gemini says it as 400. */
  private boolean isUnknownKey() {
    return status == 401
        || status == 403
        || CREDENTIALS.contains(code)
        || (status == 400
            && (text.contains("API_KEY_INVALID") || text.contains("API key not valid")));
  }

  /** Bedrock says it as 400 where a name has not even the form of one. */
  private boolean isUnknownModel() {
    return status == 404
        || (code.equals("ValidationException") && text.contains("model identifier is invalid"));
  }
}
