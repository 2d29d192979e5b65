package dev.selfpruner.infra.llm;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.Price;
import dev.selfpruner.activities.search.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What models cost.
 *
 * @param prices by provider and by the provider's name for the model
 */
@JsonIgnoreProperties({"note", "source", "date"}) // for those who read the file
public record PriceTable(Map<Provider, Map<String, Price>> prices) {
  /** What providers put behind a name for one of its versions: 20250514, 2024-08-06, 0125, 002. */
  private static final Pattern VERSION = Pattern.compile("-(\\d{8}|\\d{4}-\\d\\d-\\d\\d|\\d{3,4})");

  public PriceTable {
    prices = Map.copyOf(prices);
  }

  /** The providers' list prices, as far as they are known to this version of the program. */
  public static PriceTable builtIn() {
    try (InputStream resource = PriceTable.class.getResourceAsStream("prices.json")) {
      if (resource == null) {
        throw new IllegalStateException("no prices.json on the class path");
      }
      return Json.read(resource.readAllBytes(), PriceTable.class);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read prices.json", e);
    }
  }

  /**
   * Reads a table in the form of the built-in one.
   *
   * @throws IllegalArgumentException naming the file, if it is none
   */
  public static PriceTable read(Path file) {
    return Json.read(file, PriceTable.class);
  }

  /** The price of a model, or that of the name of which it is a dated version. */
  public Optional<Price> of(Provider provider, String model) {
    Map<String, Price> known = prices.getOrDefault(provider, Map.of());
    return Optional.ofNullable(known.get(model))
        .or(() -> Optional.ofNullable(known.get(withoutVersion(model))));
  }

  private static String withoutVersion(String model) {
    int dash = model.indexOf('-');
    while (dash >= 0) {
      if (VERSION.matcher(model.substring(dash)).matches()) {
        return model.substring(0, dash);
      }
      dash = model.indexOf('-', dash + 1);
    }
    return model;
  }
}
