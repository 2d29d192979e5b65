package dev.selfpruner.infra.cli;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of things, in powers of ten: {@code 25M}, {@code 1.3B}, {@code 500}. */
final class Amount implements ITypeConverter<Long> {
  private static final Pattern AMOUNT =
      Pattern.compile("(\\d{1,15}(?:\\.\\d{1,6})?)\\s*([KMBT]?)", Pattern.CASE_INSENSITIVE);

  private static final Map<String, Double> TIMES =
      Map.of("", 1.0, "K", 1e3, "M", 1e6, "B", 1e9, "T", 1e12);

  @Override
  public Long convert(String value) {
    Matcher amount = AMOUNT.matcher(value.strip());
    if (amount.matches()) {
      double times = TIMES.get(amount.group(2).toUpperCase(Locale.ROOT));
      long whole = Math.round(Double.parseDouble(amount.group(1)) * times);
      if (whole >= 1) {
        return whole;
      }
    }
    throw new TypeConversionException(
        "'%s' is no number from 1 on: give 500, 25M or 1.3B".formatted(value));
  }
}
