package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.TextWindows;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of windows: {@code all}, or at least 1. */
final class WindowCount implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String value) {
    if (value.equalsIgnoreCase("all")) {
      return TextWindows.ALL;
    }
    try {
      int windows = Integer.parseInt(value);
      if (windows >= 1) {
        return windows;
      }
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + value + "' is neither a number nor 'all'");
    }
    throw new TypeConversionException("there is at least 1 window, not " + value);
  }
}
