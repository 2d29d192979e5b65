package dev.selfpruner.llm.testing;

import java.util.HashMap;
import java.util.Map;

/** What a {@link FakeLlmServer} does with a request. */
public sealed interface Reply {

  /** An answer, and whether it ended by itself ({@code stop}) or not ({@code length}). */
  record Completion(String text, String finishReason) implements Reply {}

  /** An answer that doesn't say how many tokens it took. */
  record Uncounted(String text) implements Reply {}

  /** Any other HTTP answer. */
  record Status(int code, Map<String, String> headers, String body) implements Reply {}

  /** A connection that stays open without an answer. */
  record Silence() implements Reply {}

  /** Headers and the beginning of a body, and then nothing more. */
  record HalfABody() implements Reply {}

  /** An answer that ended by itself. */
  static Reply text(String text) {
    return new Completion(text, "stop");
  }

  /** An answer that ended at the most tokens asked for. */
  static Reply cutOff(String text) {
    return new Completion(text, "length");
  }

  /** Success, whatever the body. */
  static Reply ok(String body) {
    return new Status(200, Map.of(), body);
  }

  /** An error in OpenAI's form. */
  static Reply error(int code, String message) {
    return new Status(code, Map.of(), "{\"error\": {\"message\": \"" + message + "\"}}");
  }

  /** The same, with a header. */
  static Reply with(Reply status, String header, String value) {
    if (status instanceof Status plain) {
      Map<String, String> headers = new HashMap<>(plain.headers());
      headers.put(header, value);
      return new Status(plain.code(), Map.copyOf(headers), plain.body());
    }
    throw new IllegalArgumentException("has no headers: " + status);
  }

  /** Too many requests, with seconds to wait. */
  static Reply tooMany(int seconds) {
    return new Status(
        429,
        Map.of("Retry-After", Integer.toString(seconds)),
        "{\"error\": {\"message\": \"slow down\"}}");
  }
}
