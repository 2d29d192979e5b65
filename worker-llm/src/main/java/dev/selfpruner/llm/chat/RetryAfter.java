package dev.selfpruner.llm.chat;

import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The header Retry-After: seconds, or a date (RFC 9110, section 10.2.3). */
final class RetryAfter {
  /** Longer than this a search doesn't wait on an endpoint's word alone. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(?:\\.\\d{1,9})?");
  private static final Pattern IN_BODY =
      Pattern.compile("\"retryDelay\"\\s*:\\s*\"(\\d{1,9}(?:\\.\\d{1,9})?)s\"");
  private static final double MILLISECONDS = 1000.0;

  private RetryAfter() {}

  /** How long to wait; zero where the header is missing, past or unreadable. */
  static Duration of(HttpHeaders headers, Clock clock) {
    return of(headers.firstValue("Retry-After").orElse(""), clock);
  }

  /** How long the header's value says to wait; zero where it is past or unreadable. */
  static Duration of(String header, Clock clock) {
    String value = header.strip();
    Duration wait = SECONDS.matcher(value).matches() ? seconds(value) : until(value, clock);
    return atMost(wait);
  }

  /** What Gemini says in the body of a refusal instead. */
  static Duration inBody(String body) {
    Matcher delay = IN_BODY.matcher(body);
    return delay.find() ? atMost(seconds(delay.group(1))) : Duration.ZERO;
  }

  private static Duration atMost(Duration wait) {
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }

  private static Duration seconds(String value) {
    return Duration.ofMillis((long) Math.ceil(Double.parseDouble(value) * MILLISECONDS));
  }

  private static Duration until(String value, Clock clock) {
    try {
      Instant then = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(clock.instant(), then);
      return wait.isNegative() ? Duration.ZERO : wait;
    } catch (DateTimeException e) {
      return Duration.ZERO;
    }
  }
}
