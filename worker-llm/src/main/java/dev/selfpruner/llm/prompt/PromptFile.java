package dev.selfpruner.llm.prompt;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files of a prompt set, and the places that each may have. */
enum PromptFile {
  INITIALISE("initialise.txt", "attributes,reply", "statistics,sensitivity"),
  /** What mutation and crossover have in common. */
  VARY(
      "vary.txt",
      "operation,attributes,reply,population|population table",
      "statistics,tried,sensitivity"),
  MUTATE("mutate.txt", "", ""),
  CROSS_OVER("cross-over.txt", "", ""),
  /** Follows the first prompt where answers could not be used. */
  AGAIN("again.txt", "count,problems", "taken"),
  /** Follows the first prompt where an answer ended too early, or was asked for in parts. */
  CONTINUE("continue.txt", "count,taken", ""),
  ATTRIBUTES_TEXT("attributes-text.txt", "layers,mean", ""),
  ATTRIBUTES_SCHEMA("attributes-schema.txt", "layers,mean", ""),
  REPLY_TEXT("reply-text.txt", "count", ""),
  REPLY_SCHEMA("reply-schema.txt", "count", ""),
  /** What {@code {{statistics}}} becomes where there are statistics; optional. */
  STATISTICS("statistics.txt", "table", "share"),
  /** What {@code {{tried}}} becomes where something was tried; optional. */
  TRIED("tried.txt", "table", ""),
  /** What {@code {{sensitivity}}} becomes where blocks were measured by themselves; optional. */
  SENSITIVITY("sensitivity.txt", "table", "");

  private static final Pattern NAMES = Pattern.compile("[,|]");
  private static final String EVERYWHERE = "count,individuals,last layer,layers,mean,model,text";

  private final String file;
  private final String required;
  private final String allowed;

  /**
   * @param file its name
   * @param required places that it must have: names with commas between them, and a bar between two
   *     of which one is enough
   * @param allowed places that it may have beside {@link #EVERYWHERE}
   */
  PromptFile(String file, String required, String allowed) {
    this.file = file;
    this.required = required;
    this.allowed = allowed;
  }

  String file() {
    return file;
  }

  boolean isOptional() {
    return this == STATISTICS || this == TRIED || this == SENSITIVITY;
  }

  /** Every place that the file may have. */
  Set<String> places() {
    return Stream.of(EVERYWHERE, required, allowed)
        .flatMap(NAMES::splitAsStream)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Checks the places of a file.
   *
   * @throws IllegalArgumentException if there is one that nothing fills, or one is missing
   */
  void check(PromptTemplate template) {
    Set<String> there = template.places();
    for (String place : there) {
      if (!places().contains(place)) {
        throw new IllegalArgumentException(
            "%s: nothing is known for the place {{%s}}; places of this file are %s"
                .formatted(file, place, places()));
      }
    }
    for (String one : required.split(",", -1)) {
      if (NAMES.splitAsStream(one).noneMatch(place -> place.isEmpty() || there.contains(place))) {
        throw new IllegalArgumentException(
            "%s: the place {{%s}} is missing".formatted(file, one.replace("|", "}} or {{")));
      }
    }
  }
}
