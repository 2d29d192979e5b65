package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.artifact.StoreUnavailableException.Reason;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What the errors of S3, of servers like it and of AWS's SDK mean. */
final class S3Errors {
  private static final int PRECONDITION_FAILED = 412;
  private static final int FIRST_SERVER_ERROR = 500;
  private static final Set<Integer> TOO_BUSY = Set.of(429, 408);

  /** Another writer was first, or is at work: nothing was written, and looking again tells more. */
  private static final Set<String> CONFLICTS =
      Set.of(
          "PreconditionFailed",
          "ConditionalRequestConflict",
          "OperationAborted",
          "NoSuchUpload",
          // a part that another writer has sent again meanwhile, under another entity tag
          "InvalidPart");

  /**
   * What was sent isn't what it was said to be, as after the file changed: it won't fit together.
   */
  private static final Set<String> HOPELESS =
      Set.of(
          "BadDigest",
          "InvalidDigest",
          "XAmzContentChecksumMismatch",
          "XAmzContentSHA256Mismatch",
          "InvalidPartOrder",
          "EntityTooSmall",
          "EntityTooLarge");

  private static final Map<String, Reason> CODES =
      Map.ofEntries(
          Map.entry("NoSuchBucket", Reason.MISSING_BUCKET),
          Map.entry("AccessDenied", Reason.ACCESS_DENIED),
          Map.entry("AllAccessDisabled", Reason.ACCESS_DENIED),
          Map.entry("AccountProblem", Reason.ACCESS_DENIED),
          Map.entry("InvalidAccessKeyId", Reason.UNKNOWN_CREDENTIALS),
          Map.entry("SignatureDoesNotMatch", Reason.UNKNOWN_CREDENTIALS),
          Map.entry("InvalidToken", Reason.UNKNOWN_CREDENTIALS),
          Map.entry("ExpiredToken", Reason.EXPIRED_CREDENTIALS),
          Map.entry("ExpiredTokenException", Reason.EXPIRED_CREDENTIALS),
          Map.entry("TokenRefreshRequired", Reason.EXPIRED_CREDENTIALS),
          Map.entry("RequestTimeTooSkewed", Reason.WRONG_CLOCK),
          Map.entry("RequestExpired", Reason.WRONG_CLOCK),
          Map.entry("PermanentRedirect", Reason.WRONG_REGION),
          Map.entry("AuthorizationHeaderMalformed", Reason.WRONG_REGION),
          Map.entry("IllegalLocationConstraintException", Reason.WRONG_REGION),
          Map.entry("InvalidEncryptionAlgorithmError", Reason.ENCRYPTION),
          Map.entry("SlowDown", Reason.BUSY),
          Map.entry("ServiceUnavailable", Reason.BUSY),
          Map.entry("InternalError", Reason.BUSY),
          Map.entry("RequestTimeout", Reason.BUSY));

  /** For answers whose body, and with it the code, was lost or never there. */
  private static final Map<Integer, Reason> STATUSES =
      Map.of(
          301, Reason.WRONG_REGION,
          401, Reason.UNKNOWN_CREDENTIALS,
          403, Reason.ACCESS_DENIED);

  private S3Errors() {}

  /** Whether another writer was first, or is at work. */
  static boolean isConflict(SdkException e) {
    return e instanceof S3Exception s3
        && (s3.statusCode() == PRECONDITION_FAILED || CONFLICTS.contains(code(s3)));
  }

  /** Whether an upload that this ended can't become an object. */
  static boolean isHopeless(SdkException e) {
    return e instanceof S3Exception s3 && HOPELESS.contains(code(s3));
  }

  /** Whether the server told why: its answers to HEAD have no body that could. */
  static boolean isExplained(SdkException e) {
    return !(e instanceof S3Exception s3) || !code(s3).isEmpty();
  }

  /**
   * @param where and what was being done
   */
  static StoreUnavailableException translate(String where, SdkException e) {
    return e instanceof S3Exception s3
        ? new StoreUnavailableException(where, reason(s3), said(s3), e)
        : ofClient(where, e);
  }

  private static StoreUnavailableException ofClient(String where, SdkException e) {
    Reason reason = clientReason(e);
    String said =
        reason == Reason.NO_CREDENTIALS
            ? "nothing in AWS's default chain has any" // it says of each what it looked for
            : String.valueOf(e.getMessage());
    return new StoreUnavailableException(where, reason, said, e);
  }

  private static Reason reason(S3Exception e) {
    String code = code(e);
    if (CODES.containsKey(code)) {
      return CODES.get(code);
    }
    if (code.startsWith("KMS.")) {
      return Reason.ENCRYPTION;
    }
    if (STATUSES.containsKey(e.statusCode())) {
      return STATUSES.get(e.statusCode());
    }
    return e.statusCode() >= FIRST_SERVER_ERROR || TOO_BUSY.contains(e.statusCode())
        ? Reason.BUSY
        : Reason.OTHER;
  }

  /** What went wrong before there was an answer. */
  private static Reason clientReason(SdkException e) {
    String said = String.valueOf(e.getMessage());
    if (said.contains("Unable to load credentials")) {
      return Reason.NO_CREDENTIALS;
    }
    if (said.contains("xpired")) { // a profile's token that can't be used to get credentials
      return Reason.EXPIRED_CREDENTIALS;
    }
    boolean network =
        Stream.iterate((Throwable) e, cause -> cause != null, Throwable::getCause)
            .anyMatch(IOException.class::isInstance);
    return network ? Reason.UNREACHABLE : Reason.OTHER;
  }

  private static String said(S3Exception e) {
    String code = code(e).isEmpty() ? "" : code(e) + ", ";
    String message = e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorMessage();
    String why =
        message == null || message.isBlank() || message.equals(code(e)) ? "" : message + ", ";
    return "%s%sHTTP %d".formatted(code, why, e.statusCode());
  }

  private static String code(S3Exception e) {
    return e.awsErrorDetails() == null || e.awsErrorDetails().errorCode() == null
        ? ""
        : e.awsErrorDetails().errorCode();
  }
}
