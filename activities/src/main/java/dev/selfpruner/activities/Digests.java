package dev.selfpruner.activities;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** SHA-256 digests, in lower-case hexadecimal: what content is named by everywhere. */
public final class Digests {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private Digests() {}

  public static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  public static String sha256(byte[] content) {
    return hex(newSha256().digest(content));
  }

  public static String sha256(String text) {
    return sha256(text.getBytes(UTF_8));
  }

  public static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  /** Returns {@code digest} if it is a SHA-256 in lower-case hexadecimal, and fails otherwise. */
  public static String requireSha256(String digest) {
    if (!SHA256.matcher(digest).matches()) {
      throw new IllegalArgumentException("not a SHA-256 in hexadecimal: " + digest);
    }
    return digest;
  }
}
