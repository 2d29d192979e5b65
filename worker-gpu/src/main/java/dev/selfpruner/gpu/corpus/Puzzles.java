package dev.selfpruner.gpu.corpus;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Scenes whose last words follow from the first: sums, lists, songs, comparisons. */
final class Puzzles {
  private static final int LARGEST = 20;

  private Puzzles() {}

  static String add(World world, Dice dice) {
    Person person = dice.any(world.cast);
    String what = dice.common(Lexicon.COUNTED);
    int first = dice.between(2, 10);
    int second = dice.between(2, 10);
    return "%s had %s %s. %s got %s more from %s, so now %s had %s %s."
        .formatted(
            person.name(),
            Lexicon.NUMBERS.get(first),
            what,
            person.upperThey(),
            Lexicon.NUMBERS.get(second),
            world.other(dice, person).name(),
            person.they(),
            Lexicon.NUMBERS.get(first + second),
            what);
  }

  static String subtract(World world, Dice dice) {
    Person person = dice.any(world.cast);
    String what = dice.common(Lexicon.COUNTED);
    int first = dice.between(4, LARGEST);
    int second = dice.between(2, Math.min(10, first - 1));
    return "There were %s %s in the %s. %s lost %s of them, and %s were left."
        .formatted(
            Lexicon.NUMBERS.get(first),
            what,
            dice.any(world.places),
            person.name(),
            Lexicon.NUMBERS.get(second),
            Lexicon.NUMBERS.get(first - second));
  }

  /** What is left of a list when one of it is taken. */
  static String table(World world, Dice dice) {
    List<String> kinds = new ArrayList<>(dice.several(Lexicon.THINGS, dice.between(3, 5)));
    Collections.swap(kinds, 0, dice.below(kinds.size()));
    String taken = dice.any(kinds);
    String all = Lexicon.list(kinds.stream().map(kind -> "a " + kind).toList());
    kinds.remove(taken);
    return "On the table lay %s. %s took the %s. Then only %s lay on the table."
        .formatted(
            all,
            dice.any(world.cast).name(),
            taken,
            Lexicon.list(kinds.stream().map(kind -> "the " + kind).toList()));
  }

  static String echo(World world, Dice dice) {
    List<String> sung = new ArrayList<>();
    for (int i = dice.between(4, 6); i > 0; i--) {
      sung.add(dice.any(Lexicon.SYLLABLES));
    }
    String first = String.join(" ", sung);
    boolean backwards = dice.oneIn(2);
    if (backwards) {
      Collections.reverse(sung);
    }
    return "%s sang: %s. %s sang it %s: %s."
        .formatted(
            world.cast.get(0).name(),
            first,
            world.cast.get(1).name(),
            backwards ? "backwards" : "again",
            String.join(" ", sung));
  }

  static String compare(World world, Dice dice) {
    List<Person> order = new ArrayList<>(world.cast);
    Collections.swap(order, 0, dice.below(order.size()));
    Collections.swap(order, 1, dice.between(1, order.size() - 1));
    List<String> words =
        dice.any(
            List.of(
                List.of("older", "oldest", "youngest"),
                List.of("taller", "tallest", "shortest"),
                List.of("richer", "richest", "poorest"),
                List.of("faster", "fastest", "slowest")));
    boolean first = dice.oneIn(2);
    String one =
        "%s was %s than %s".formatted(order.get(0).name(), words.get(0), order.get(1).name());
    String two =
        "%s was %s than %s".formatted(order.get(1).name(), words.get(0), order.get(2).name());
    boolean swapped = dice.oneIn(2);
    return "%s, and %s, so the %s of them was %s."
        .formatted(
            swapped ? two : one,
            swapped ? one : two,
            words.get(first ? 1 : 2),
            order.get(first ? 0 : 2).name());
  }

  /** The verb agrees with the first noun, whatever stands between. */
  static String agree(World world, Dice dice) {
    List<String> kinds = dice.several(Lexicon.THINGS, 2);
    boolean many = dice.oneIn(2);
    boolean manyBetween = dice.oneIn(2);
    return "The %s %s the %s in the %s of %s %s %s, and %s %s for sale."
        .formatted(
            plural(kinds.get(0), many),
            dice.any(List.of("near", "under", "behind", "beside")),
            plural(kinds.get(1), manyBetween),
            dice.any(world.places),
            dice.any(world.cast).name(),
            many ? "were" : "was",
            dice.common(Lexicon.COLOURS),
            many ? "they" : "it",
            many ? "were" : "was");
  }

  private static String plural(String noun, boolean many) {
    if (!many) {
      return noun;
    }
    if (noun.equals("knife")) {
      return "knives";
    }
    return noun + (noun.endsWith("x") || noun.endsWith("h") ? "es" : "s");
  }
}
