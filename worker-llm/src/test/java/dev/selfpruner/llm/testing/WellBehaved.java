package dev.selfpruner.llm.testing;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Answers a prompt as a good model would: as many lists as it asks for, in the form it asks for.
 */
public final class WellBehaved {
  private static final Pattern COUNT = Pattern.compile("Reply with (\\d+) (?:list|configuration)");
  private static final Pattern LAYERS = Pattern.compile("(\\d+) decimal fractions");
  private static final Pattern MEAN = Pattern.compile("Their mean is (0\\.\\d+)");

  private WellBehaved() {}

  /** Random lists that follow from the prompt alone. */
  public static String answer(String prompt) {
    int count = Integer.parseInt(number(COUNT, prompt));
    int layers = Integer.parseInt(number(LAYERS, prompt));
    double mean = Double.parseDouble(number(MEAN, prompt));
    return prompt.contains("JSON")
        ? objects(count, layers, mean, prompt.hashCode())
        : lists(count, layers, mean, prompt.hashCode());
  }

  /** Lists of rates around a mean, one to a line. */
  public static String lists(int count, int layers, double mean, long seed) {
    return rates(count, layers, mean, seed).stream()
        .map(list -> list.stream().collect(Collectors.joining(", ", "[", "]")))
        .collect(Collectors.joining("\n"));
  }

  /** The same lists as JSON with a key a layer. */
  public static String objects(int count, int layers, double mean, long seed) {
    return rates(count, layers, mean, seed).stream()
        .map(
            list ->
                IntStream.range(0, layers)
                    .mapToObj(layer -> "\"layer_%d\": %s".formatted(layer, list.get(layer)))
                    .collect(Collectors.joining(", ", "{", "}")))
        .collect(Collectors.joining(", ", "{\"configurations\": [", "]}"));
  }

  private static List<List<String>> rates(int count, int layers, double mean, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return Stream.generate(
            () ->
                Stream.generate(() -> mean * random.nextDouble(0.5, 1.5))
                    .limit(layers)
                    .map(rate -> String.format(Locale.ROOT, "%.5f", rate))
                    .toList())
        .limit(count)
        .toList();
  }

  private static String number(Pattern pattern, String prompt) {
    Matcher matcher = pattern.matcher(prompt);
    if (!matcher.find()) {
      throw new IllegalArgumentException("the prompt doesn't say " + pattern);
    }
    return matcher.group(1);
  }
}
