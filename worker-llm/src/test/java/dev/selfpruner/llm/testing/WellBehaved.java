package dev.selfpruner.llm.testing;

import java.util.Locale;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers a prompt as a good model would: as many lists as it asks for, in the form it asks for.
 */
public final class WellBehaved {
  private static final Pattern COUNT = Pattern.compile("Reply with (\\d+) list");
  private static final Pattern LAYERS = Pattern.compile("(\\d+) decimal fractions");
  private static final Pattern MEAN = Pattern.compile("Their mean is (0\\.\\d+)");

  private WellBehaved() {}

  /** Random lists that follow from the prompt alone. */
  public static String answer(String prompt) {
    return lists(
        Integer.parseInt(number(COUNT, prompt)),
        Integer.parseInt(number(LAYERS, prompt)),
        Double.parseDouble(number(MEAN, prompt)),
        prompt.hashCode());
  }

  /** Lists of rates around a mean, one to a line. */
  public static String lists(int count, int layers, double mean, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringJoiner lines = new StringJoiner("\n");
    for (int i = 0; i < count; i++) {
      StringJoiner list = new StringJoiner(", ", "[", "]");
      for (int layer = 0; layer < layers; layer++) {
        double rate = mean * random.nextDouble(0.5, 1.5);
        list.add(String.format(Locale.ROOT, "%.5f", rate));
      }
      lines.add(list.toString());
    }
    return lines.toString();
  }

  private static String number(Pattern pattern, String prompt) {
    Matcher matcher = pattern.matcher(prompt);
    if (!matcher.find()) {
      throw new IllegalArgumentException("the prompt doesn't say " + pattern);
    }
    return matcher.group(1);
  }
}
