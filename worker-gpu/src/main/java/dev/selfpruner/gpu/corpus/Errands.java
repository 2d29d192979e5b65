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
    if (dice.oneIn(2)) {
      Person other = world.other(dice, person);
      world.whereabouts.put(other, place);
      return "%s %s to the %s with %s.".formatted(person.name(), goes, place, other.name());
    }
    return "%s was %s, so %s %s to the %s."
        .formatted(person.name(), dice.common(Lexicon.FEELINGS), person.they(), goes, place);
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
    return "In the %s %s %s %s."
        .formatted(place, person.name(), dice.common(Lexicon.TAKINGS), thing.withArticle());
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
    return "%s gave the %s to %s.".formatted(giver.name(), thing.kind(), receiver.name());
  }

  static String askWhoHolds(World world, Dice dice) {
    if (world.holders.isEmpty()) {
      return take(world, dice);
    }
    Thing thing = dice.any(List.copyOf(world.holders.keySet()));
    return "Who had the %s? %s had the %s."
        .formatted(thing.kind(), world.holders.get(thing).name(), thing);
  }

  static String askWhere(World world, Dice dice) {
    if (world.whereabouts.isEmpty()) {
      return walk(world, dice);
    }
    Person person = dice.any(List.copyOf(world.whereabouts.keySet()));
    return "Where was %s? %s was in the %s."
        .formatted(person.name(), person.upperThey(), world.whereabouts.get(person));
  }
}
