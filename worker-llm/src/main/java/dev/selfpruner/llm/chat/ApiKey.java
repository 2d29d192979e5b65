package dev.selfpruner.llm.chat;

import java.util.regex.Pattern;

/** The key that an endpoint knows this worker by; it prints as dots. */
final class ApiKey {
  /** Local servers want some key and accept any. */
  static final ApiKey NONE = new ApiKey("none");

  private static final Pattern HEADER_VALUE = Pattern.compile("[!-~]+");

  private final String value;

  private ApiKey(String value) {
    this.value = value;
  }

  /**
   * @param variable where it was found
   * @throws IllegalArgumentException if it can't be sent in a header; the message does not repeat
   *     it
   */
  static ApiKey of(String variable, String value) {
    if (!HEADER_VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          variable
              + " holds a space or a character that no API key has: set it again, or unset it");
    }
    return new ApiKey(value);
  }

  String value() {
    return value;
  }

  /** A text of the endpoint's, without the key should it repeat it. */
  String redact(String text) {
    return this == NONE ? text : text.replace(value, toString());
  }

  @Override
  public String toString() {
    return "•••";
  }
}
