package dev.selfpruner.infra.payload;

import java.util.Base64;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key of AES-256 and what it is called; it prints as its name.
 *
 * @param id stands in clear beside everything that the key encrypts
 */
record PayloadKey(String id, SecretKey key) {
  static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final int BYTES = 32;

  PayloadKey {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "a key is called by 1 to 64 letters, digits, dots, underscores and hyphens");
    }
  }

  /**
   * @param base64 of 32 bytes
   * @throws IllegalArgumentException if it is something else; the message does not repeat it
   */
  static PayloadKey of(String id, String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      // without the cause, which quotes a character of the key
      throw new IllegalArgumentException("the key is not base64");
    }
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "the key has %d bytes, and AES-256 takes %d".formatted(bytes.length, BYTES));
    }
    return new PayloadKey(id, new SecretKeySpec(bytes, "AES"));
  }

  @Override
  public String toString() {
    return id;
  }
}
