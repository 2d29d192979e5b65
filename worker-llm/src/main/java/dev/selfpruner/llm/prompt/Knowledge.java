package dev.selfpruner.llm.prompt;

import dev.selfpruner.activities.plan.Sensitivity;
import dev.selfpruner.activities.search.LayerStatistics;
import dev.selfpruner.activities.search.Population;
import dev.selfpruner.activities.search.Trials;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What prompts can tell beside the task, as far as it is known.
 *
 * @param model name of the model, or a path to it, of which only the last part is told
 * @param text name of the text that fitness is measured on
 * @param statistics of the model's layers: none or one
 * @param rounds what the last iterations tried, the latest first
 * @param sensitivity what single blocks of the dense model cost: none or one
 */
public record Knowledge(
    String model,
    String text,
    List<LayerStatistics> statistics,
    List<Round> rounds,
    List<Sensitivity> sensitivity) {
  private static final Pattern WIKITEXT =
      Pattern.compile("wiki\\.(train|valid|test)\\.(raw|tokens)");

  /** Stands for the text's name where it isn't known. */
  public static final String SOME_TEXT = "held-out text";

  public Knowledge {
    model = lastPart(model);
    text = textName(text);
    statistics = List.copyOf(statistics);
    rounds = List.copyOf(rounds);
    sensitivity = List.copyOf(sensitivity);
    if (statistics.size() > 1 || sensitivity.size() > 1) {
      throw new IllegalArgumentException(
          "%d statistics and %d sensitivities of one model"
              .formatted(statistics.size(), sensitivity.size()));
    }
  }

  /** Where no block was measured by itself. */
  public Knowledge(
      String model, String text, List<LayerStatistics> statistics, List<Round> rounds) {
    this(model, text, statistics, rounds, List.of());
  }

  /**
   * An iteration's offspring.
   *
   * @param before the population that they were made from
   * @param trials all offspring, survivors or not
   */
  public record Round(Population before, Trials trials) {}

  /** Of a model that nothing was measured of. */
  public static Knowledge of(String model) {
    return new Knowledge(model, SOME_TEXT, List.of(), List.of());
  }

  /** What people call a text; a path says less, and more than a stranger need know. */
  private static String textName(String path) {
    String name = lastPart(path);
    if (name.isEmpty()) {
      return SOME_TEXT;
    }
    return WIKITEXT.matcher(name).matches() ? "the WikiText-2 data set" : name;
  }

  private static String lastPart(String path) {
    String name = path.replaceAll("[/\\\\]+$", "");
    return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  }
}
