package dev.selfpruner.infra.cli;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads how long a pruned model may take: {@code 12ms}, {@code 1.5s}, or {@code 80%} of what the
 * dense one takes.
 *
 * @param type of target, as a spec names it
 * @param field of it
 */
record LatencyAmount(String type, String field, double value) {
  private static final Pattern AMOUNT = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)\\s*(ms|s|%)");

  /** What a spec says of it. */
  Map<String, Object> target() {
    return Map.of("type", type, field, value);
  }

  /** Of an option's value. */
  static final class Converter implements ITypeConverter<LatencyAmount> {
    @Override
    public LatencyAmount convert(String value) {
      Matcher amount = AMOUNT.matcher(value.strip().toLowerCase(Locale.ROOT));
      if (!amount.matches()) {
        throw new TypeConversionException(
            "'%s' is no time: give 12ms, 1.5s, or 80%% of the dense model's".formatted(value));
      }
      double number = Double.parseDouble(amount.group(1));
      return switch (amount.group(2)) {
        case "ms" -> new LatencyAmount("latency", "milliseconds", number);
        case "s" -> new LatencyAmount("latency", "milliseconds", 1e3 * number);
        default -> new LatencyAmount("latency-share", "share", number / 100);
      };
    }
  }
}
