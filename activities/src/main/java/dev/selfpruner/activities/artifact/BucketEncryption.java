package dev.selfpruner.activities.artifact;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * How a bucket's server encrypts what it is given to keep.
 *
 * @param algorithm as S3 names it; empty for what the bucket is set up to do by itself
 * @param key of AWS's Key Management Service, by id, alias or ARN; empty for the bucket's own
 */
public record BucketEncryption(String algorithm, String key) {
  private static final String KMS = "aws:kms";
  private static final Set<String> KNOWN = Set.of("", "AES256", KMS, "aws:kms:dsse");
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9:/_-]*");

  /** Whatever the bucket does by itself; AWS encrypts with keys of its own. */
  public static final BucketEncryption OF_THE_BUCKET = new BucketEncryption("", "");

  public BucketEncryption {
    if (!KNOWN.contains(algorithm)) {
      throw new IllegalArgumentException(
          "S3 encrypts with AES256, aws:kms, aws:kms:KEY or aws:kms:dsse, not with " + algorithm);
    }
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException("not the id, alias or ARN of a key: " + key);
    }
    if (!key.isEmpty() && !algorithm.startsWith(KMS)) {
      throw new IllegalArgumentException("only aws:kms takes a key, not " + algorithm);
    }
  }

  /**
   * Reads {@code AES256}, {@code aws:kms}, {@code aws:kms:KEY}, {@code aws:kms:dsse} or {@code
   * aws:kms:dsse:KEY}.
   */
  public static BucketEncryption parse(String text) {
    for (String algorithm : new String[] {"aws:kms:dsse", KMS}) {
      if (text.startsWith(algorithm + ":") && text.length() > algorithm.length() + 1) {
        return new BucketEncryption(algorithm, text.substring(algorithm.length() + 1));
      }
      if (text.equals(algorithm)) {
        return new BucketEncryption(algorithm, "");
      }
    }
    return new BucketEncryption(text, "");
  }
}
