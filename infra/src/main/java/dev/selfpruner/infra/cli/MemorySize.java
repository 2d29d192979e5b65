package dev.selfpruner.infra.cli;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A size in bytes: {@code 24GiB}, {@code 512MiB}; powers of two, whatever the letters' case. */
final class MemorySize implements ITypeConverter<Long> {
  private static final Pattern SIZE =
      Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)\\s*([KMGT]?)(?:I?B)?", Pattern.CASE_INSENSITIVE);

  private static final Map<String, Integer> SHIFTS =
      Map.of("", 0, "K", 10, "M", 20, "G", 30, "T", 40);

  @Override
  public Long convert(String value) {
    Matcher size = SIZE.matcher(value.trim());
    if (!size.matches()) {
      throw new TypeConversionException("'" + value + "' is not a size: give 24GiB, or 512MiB");
    }
    int shift = SHIFTS.get(size.group(2).toUpperCase(Locale.ROOT));
    return (long) (Double.parseDouble(size.group(1)) * (1L << shift));
  }
}
