package dev.selfpruner.llm.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-06T08:49:00Z"), ZoneOffset.UTC);

  @ParameterizedTest
  @CsvSource({
    "7, PT7S",
    "0.25, PT0.25S",
    "'Fri, 6 Nov 2026 08:49:37 GMT', PT37S",
    "'Fri, 6 Nov 2026 08:00:00 GMT', PT0S",
    "999999999, PT1H",
    "'Sat, 6 Nov 2077 08:49:37 GMT', PT1H",
    "-5, PT0S",
    "soon, PT0S",
    "'', PT0S"
  })
  void readsSecondsAndDatesAndTrustsNeitherTooFar(String value, Duration wait) {
    HttpHeaders headers = HttpHeaders.of(Map.of("retry-after", List.of(value)), (n, v) -> true);

    assertThat(RetryAfter.of(headers, CLOCK)).isEqualTo(wait);
  }
}
