package dev.selfpruner.gpu.corpus;

import java.util.List;

/** Scenes that move people and things about, and ask afterwards where they are. */
final class Errands {
  private Errands() {}

  static String walk(World world, Dice dice) {
    Person person = dice.any(world.cast);
    String place = dice.any(world.places);
    world.whereabouts.put(person, place);
    String goes = dice.common(Lexicon.GOINGS);
    if (dice.oneIn(3)) {
      Person other = world.other(dice, person);
      world.whereabouts.put(other, place);
      return "%s %s to the %s with %s.".formatted(person.name(), goes, place, other.name());
    }
    return "%s %s to the %s because %s was %s."
        .formatted(person.name(), goes, place, person.they(), dice.common(Lexicon.FEELINGS));
  }

  /** Somebody takes what nobody has; when all is taken, something changes hands. */
  static String take(World world, Dice dice) {
    List<Thing> free = world.things.stream().filter(t -> !world.holders.containsKey(t)).toList();
    if (free.isEmpty()) {
      return give(world, dice);
    }
    Person person = dice.any(world.cast);
    Thing thing = dice.any(free);
    String place = dice.any(world.places);
    world.whereabouts.put(person, place);
    world.holders.put(thing, person);
    return "In the %s %s %s %s and put it in %s %s."
        .formatted(
            place,
            person.name(),
            dice.common(Lexicon.TAKINGS),
            thing.withArticle(),
            person.their(),
            dice.common(List.of("bag", "pocket", "cart")));
  }

  /** Whoever holds something passes it on; with nothing held yet, something is taken. */
  static String give(World world, Dice dice) {
    if (world.holders.isEmpty()) {
      return take(world, dice);
    }
    Thing thing = dice.any(List.copyOf(world.holders.keySet()));
    Person giver = world.holders.get(thing);
    Person receiver = world.other(dice, giver);
    world.holders.put(thing, receiver);
    return "%s gave the %s to %s, and %s thanked %s."
        .formatted(giver.name(), thing.kind(), receiver.name(), receiver.they(), giver.them());
  }

  static String askWhoHolds(World world, Dice dice) {
    if (world.holders.isEmpty()) {
      return take(world, dice);
    }
    Thing thing = dice.any(List.copyOf(world.holders.keySet()));
    Person holder = world.holders.get(thing);
    Person asker = world.other(dice, holder);
    return "\"Who has the %s?\" asked %s. \"%s has the %s,\" %s the %s."
        .formatted(
            thing.kind(),
            asker.name(),
            holder.name(),
            thing,
            dice.common(Lexicon.SAYINGS),
            world.animal);
  }

  static String askWhere(World world, Dice dice) {
    if (world.whereabouts.isEmpty()) {
      return walk(world, dice);
    }
    Person person = dice.any(List.copyOf(world.whereabouts.keySet()));
    Person asker = world.other(dice, person);
    return "%s looked for %s everywhere and found %s in the %s."
        .formatted(asker.name(), person.name(), person.them(), world.whereabouts.get(person));
  }
}
