package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.TextWindows;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of held-out windows: {@code all}, or a number, of which 0 is none. */
final class HeldOutCount implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String value) {
    if (value.equalsIgnoreCase("all")) {
      return TextWindows.ALL;
    }
    try {
      return Integer.valueOf(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + value + "' is neither a number nor 'all'");
    }
  }
}
