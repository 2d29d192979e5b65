package dev.selfpruner.activities.artifact;

import java.io.IOException;

/**
 * A store that can't be used as things are: what was asked for is right, and works once somebody or
 * time has mended the reason. A command refuses to begin with such a store. An activity that meets
 * it later fails in a way that is tried again: people can give a denied or expired worker its
 * rights back while a search waits, and nothing that was paid for is lost meanwhile.
 */
public final class StoreUnavailableException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is wrong, and what to do about it. */
  public enum Reason {
    MISSING_BUCKET(
        "there is no such bucket there", "create it, or correct the bucket's name or the endpoint"),
    ACCESS_DENIED(
        "access is denied",
        "give these credentials s3:GetObject, s3:PutObject, s3:AbortMultipartUpload, s3:ListMultipartUploadParts, s3:ListBucket and s3:ListBucketMultipartUploads (gc: s3:DeleteObject), and the use of the bucket's key where it is encrypted with one"),
    NO_CREDENTIALS(
        "there are no credentials",
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, or run where a role gives some"),
    UNKNOWN_CREDENTIALS(
        "the server doesn't accept these credentials",
        "correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile or role that they come from"),
    EXPIRED_CREDENTIALS(
        "the credentials have expired",
        "renew them (aws sso login, or a new session token); a worker whose environment holds them has to be started again"),
    WRONG_CLOCK(
        "the clock of this machine differs from the server's by more than it accepts",
        "set this machine's clock (NTP)"),
    WRONG_REGION("the bucket is in another region", "name the bucket's region with --s3-region"),
    ENCRYPTION(
        "the server can't encrypt or decrypt as asked",
        "correct --s3-sse, or the state and policy of its key"),
    UNREACHABLE("no server answers", "check the endpoint, the network and whether the server runs"),
    CUT_OFF("the connection ended before the object did", "it is read again on the next try"),
    BUSY("the server is busy or has failed", "it may be well again on the next try"),
    NOT_THERE(
        "the directory of the store is gone, or empty",
        "mount its file system, or bring it back; what waits for it then goes on"),
    BEING_REMOVED(
        "gc is removing it at this moment", "it is made again on the next try, once gc is done"),
    OTHER("the server refuses", "see what it says");

    private final String what;
    private final String advice;

    Reason(String what, String advice) {
      this.what = what;
      this.advice = advice;
    }
  }

  private final Reason reason;

  /**
   * @param where and what was being done
   * @param said by the server or the network, without credentials
   */
  StoreUnavailableException(String where, Reason reason, String said, Throwable cause) {
    super("%s: %s (%s) - %s".formatted(where, reason.what, said, reason.advice), cause);
    this.reason = reason;
  }

  StoreUnavailableException(String where, Reason reason, String said) {
    this(where, reason, said, null);
  }

  public Reason reason() {
    return reason;
  }
}
