package dev.selfpruner.infra.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time from one second on: {@code 90s}, {@code 30m}, {@code 2h}, {@code 1d}, {@code 1h30m}. */
final class TimeSpan implements ITypeConverter<Duration> {
  private static final Pattern SPAN =
      Pattern.compile("(?=\\d)(?:\\d{1,6}d)?(?:\\d{1,6}h)?(?:\\d{1,6}m)?(?:\\d{1,6}s)?");

  @Override
  public Duration convert(String value) {
    String span = value.strip().toLowerCase(Locale.ROOT);
    if (SPAN.matcher(span).matches()) {
      Duration duration = Duration.parse(iso(span));
      if (duration.toSeconds() >= 1) {
        return duration;
      }
    }
    throw new TypeConversionException(
        "'%s' is no time from a second on: give 90s, 30m, 2h, 1d or 1h30m".formatted(value));
  }

  /** {@code P1DT2H30M}. */
  private static String iso(String span) {
    int days = span.indexOf('d') + 1;
    return "P" + span.substring(0, days) + (days < span.length() ? "T" + span.substring(days) : "");
  }
}
