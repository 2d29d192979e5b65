package dev.selfpruner.llm.prompt;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A text with named places, {@code {{like this}}}.
 *
 * @param file name that messages give
 */
record PromptTemplate(String file, String text) {
  private static final String OPENING = "{{";
  private static final Pattern PLACE = Pattern.compile("\\{\\{([^{}]{0,100})}}");

  /**
   * The names of all places.
   *
   * @throws IllegalArgumentException if one has no end
   */
  Set<String> places() {
    int opened = PLACE.matcher(text).replaceAll("").indexOf(OPENING);
    if (opened >= 0) {
      String rest = PLACE.matcher(text).replaceAll("").substring(opened);
      throw new IllegalArgumentException(
          "%s: a place is not closed: %s".formatted(file, rest.lines().findFirst().orElse(rest)));
    }
    return PLACE
        .matcher(text)
        .results()
        .map(place -> place.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Fills every place, once: values are not searched for places.
   *
   * @throws IllegalArgumentException if a place has no value
   */
  String fill(Map<String, String> values) {
    return PLACE.matcher(text).replaceAll(place -> Matcher.quoteReplacement(value(place, values)));
  }

  private String value(MatchResult place, Map<String, String> values) {
    String value = values.get(place.group(1));
    if (value == null) {
      throw new IllegalArgumentException("%s: no value for {{%s}}".formatted(file, place.group(1)));
    }
    return value;
  }
}
