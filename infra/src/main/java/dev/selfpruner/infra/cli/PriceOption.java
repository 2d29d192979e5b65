package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.search.Price;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Two prices, {@code 2.5,10}. */
final class PriceOption implements ITypeConverter<Price> {
  private static final Pattern PRICES =
      Pattern.compile("(\\d+(?:\\.\\d+)?),(\\d+(?:\\.\\d+)?)"); // no signs, no infinity

  @Override
  public Price convert(String value) {
    Matcher prices = PRICES.matcher(value);
    if (!prices.matches()) {
      throw new TypeConversionException(
          "'%s' is not IN,OUT: two prices such as 2.5,10".formatted(value));
    }
    return new Price(Double.parseDouble(prices.group(1)), Double.parseDouble(prices.group(2)));
  }
}
