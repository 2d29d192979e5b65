package dev.selfpruner.llm.prompt;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text with named places, {@code {{like this}}}. */
record PromptTemplate(String text) {
  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z ]+)}}");

  /** Reads the template {@code name}.txt that lies beside this class. */
  static PromptTemplate load(String name) {
    try (InputStream resource = PromptTemplate.class.getResourceAsStream(name + ".txt")) {
      if (resource == null) {
        throw new IllegalStateException("there is no prompt template " + name + ".txt");
      }
      return new PromptTemplate(new String(resource.readAllBytes(), UTF_8).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the prompt template " + name + ".txt", e);
    }
  }

  /**
   * Fills every place, once: values are not searched for places.
   *
   * @throws IllegalArgumentException if a place has no value, or a value no place
   */
  String fill(Map<String, String> values) {
    TreeSet<String> unused = new TreeSet<>(values.keySet());
    Matcher places = PLACE.matcher(text);
    String filled =
        places.replaceAll(
            place -> {
              String value = values.get(place.group(1));
              if (value == null) {
                throw new IllegalArgumentException("no value for {{" + place.group(1) + "}}");
              }
              unused.remove(place.group(1));
              return Matcher.quoteReplacement(value);
            });
    if (!unused.isEmpty()) {
      throw new IllegalArgumentException("no place for " + unused);
    }
    return filled;
  }
}
