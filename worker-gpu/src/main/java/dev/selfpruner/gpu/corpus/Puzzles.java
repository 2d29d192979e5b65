package dev.selfpruner.gpu.corpus;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Scenes whose last words follow from the first: sums, lists, songs, comparisons. */
final class Puzzles {
  private record Comparison(String more, String most, String least) {}

  private static final List<Comparison> COMPARISONS =
      List.of(
          new Comparison("older", "oldest", "youngest"),
          new Comparison("taller", "tallest", "shortest"),
          new Comparison("richer", "richest", "poorest"));

  private Puzzles() {}

  static String add(World world, Dice dice) {
    Person person = dice.any(world.cast);
    String what = dice.common(Lexicon.COUNTED);
    int first = dice.between(2, 7);
    int second = dice.between(2, 7);
    return "%s had %s %s. %s gave %s %s more. Now %s had %s %s."
        .formatted(
            person.name(),
            Lexicon.NUMBERS.get(first),
            what,
            world.other(dice, person).name(),
            person.them(),
            Lexicon.NUMBERS.get(second),
            person.they(),
            Lexicon.NUMBERS.get(first + second),
            what);
  }

  static String subtract(World world, Dice dice) {
    Person person = dice.any(world.cast);
    String what = dice.common(Lexicon.COUNTED);
    int first = dice.between(4, 12);
    int second = dice.between(2, Math.min(7, first - 2));
    return "%s had %s %s and lost %s. Now %s had %s %s."
        .formatted(
            person.name(),
            Lexicon.NUMBERS.get(first),
            what,
            Lexicon.NUMBERS.get(second),
            person.they(),
            Lexicon.NUMBERS.get(first - second),
            what);
  }

  /** What is left of a list when one of it is taken. */
  static String table(World world, Dice dice) {
    List<String> kinds = new ArrayList<>(dice.several(Lexicon.THINGS, dice.between(3, 4)));
    Collections.swap(kinds, 0, dice.below(kinds.size()));
    String taken = dice.any(kinds);
    String all = Lexicon.list(kinds.stream().map(kind -> "a " + kind).toList());
    kinds.remove(taken);
    return "On the table lay %s. %s took the %s. Then %s were left."
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
    boolean backwards = dice.oneIn(4);
    if (backwards) {
      Collections.reverse(sung);
    }
    return "%s sang: %s. %s sang%s: %s."
        .formatted(
            world.cast.get(0).name(),
            first,
            world.cast.get(1).name(),
            backwards ? " backwards" : "",
            String.join(" ", sung));
  }

  static String compare(World world, Dice dice) {
    List<Person> order = new ArrayList<>(world.cast);
    Collections.swap(order, 0, dice.below(order.size()));
    Collections.swap(order, 1, dice.between(1, order.size() - 1));
    Comparison words = dice.any(COMPARISONS);
    boolean most = dice.oneIn(2);
    return "%s was %s than %s, and %s was %s than %s. %s was the %s."
        .formatted(
            order.get(0).name(),
            words.more(),
            order.get(1).name(),
            order.get(1).name(),
            words.more(),
            order.get(2).name(),
            order.get(most ? 0 : 2).name(),
            most ? words.most() : words.least());
  }

  /** The verb agrees with the first noun, whatever stands between. */
  static String agree(World world, Dice dice) {
    List<String> kinds = dice.several(Lexicon.THINGS, 2);
    boolean many = dice.oneIn(2);
    boolean manyBetween = dice.oneIn(2);
    return "The %s %s the %s %s %s."
        .formatted(
            plural(kinds.get(0), many),
            dice.any(List.of("near", "under")),
            plural(kinds.get(1), manyBetween),
            many ? "were" : "was",
            dice.common(Lexicon.COLOURS));
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
