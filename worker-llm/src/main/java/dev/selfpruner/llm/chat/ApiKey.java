package dev.selfpruner.llm.chat;

import java.util.Map;
import java.util.regex.Pattern;

/** The key that an endpoint knows this worker by; it prints as dots. */
public final class ApiKey {
  /** Read first: the key for whatever endpoint the searches of this worker name. */
  public static final String VARIABLE = "SELFPRUNER_LLM_API_KEY";

  /** Read where the first one isn't set. */
  public static final String COMMON_VARIABLE = "OPENAI_API_KEY";

  /** Local servers want some key and accept any. */
  private static final ApiKey NONE = new ApiKey("none");

  private static final Pattern HEADER_VALUE = Pattern.compile("[!-~]+");

  private final String value;

  private ApiKey(String value) {
    this.value = value;
  }

  /** The key of this process's environment, or a placeholder that local servers accept. */
  public static ApiKey fromEnvironment() {
    return from(System.getenv());
  }

  /**
   * The key of an environment, or a placeholder that local servers accept.
   *
   * @throws IllegalArgumentException if it can't be sent in a header; the message does not repeat
   *     it
   */
  public static ApiKey from(Map<String, String> environment) {
    for (String variable : new String[] {VARIABLE, COMMON_VARIABLE}) {
      String value = environment.getOrDefault(variable, "").strip();
      if (!value.isEmpty()) {
        if (!HEADER_VALUE.matcher(value).matches()) {
          throw new IllegalArgumentException(
              variable
                  + " holds a space or a character that no API key has: set it again, or unset it");
        }
        return new ApiKey(value);
      }
    }
    return NONE;
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
