package dev.selfpruner.gpu.corpus;

/** Scenes of talk: facts of the world, facts of this story, and its refrain. */
final class Chatter {
  private Chatter() {}

  static String animalFact(World world, Dice dice) {
    String animal = dice.oneIn(2) ? world.animal : dice.common(Lexicon.ANIMALS);
    String line =
        dice.oneIn(2)
            ? "Every %s %s when it is hungry and eats %s."
                .formatted(animal, Facts.soundOf(animal), Facts.foodOf(animal))
            : "An animal that eats %s and %s at night can only be %s %s."
                .formatted(
                    Facts.foodOf(animal), Facts.soundOf(animal), Lexicon.article(animal), animal);
    return "\"%s\" %s %s."
        .formatted(
            line.substring(0, line.length() - 1) + ",",
            dice.common(Lexicon.SAYINGS),
            dice.any(world.cast).name());
  }

  static String townFact(World world, Dice dice) {
    Town town = dice.oneIn(2) ? world.town : Town.any(dice);
    return "%s knew that %s lies on the river %s."
        .formatted(dice.any(world.cast).name(), town, Facts.riverOf(town));
  }

  static String tradeFact(World world, Dice dice) {
    String trade = dice.common(Lexicon.TRADES);
    return "%s met a %s in the %s, who was looking for a %s."
        .formatted(
            dice.any(world.cast).name(), trade, Facts.workplaceOf(trade), Facts.toolOf(trade));
  }

  static String recall(World world, Dice dice) {
    Person asker = dice.any(world.cast.subList(1, world.cast.size()));
    String question =
        switch (dice.below(4)) {
          case 0 ->
              "\"Where do you live?\" \"In %s on the river %s,\""
                  .formatted(world.town, Facts.riverOf(world.town));
          case 1 -> "\"What is your work?\" \"I am a %s,\"".formatted(world.trade);
          case 2 ->
              "\"What is the name of your %s?\" \"%s,\"".formatted(world.animal, world.animalName);
          default ->
              "\"What colour is %s?\" \"%s,\""
                  .formatted(world.animalName, Person.upper(world.animalColour));
        };
    return "%s asked: %s %s %s."
        .formatted(asker.name(), question, dice.common(Lexicon.SAYINGS), world.hero().name());
  }

  static String refrain(World world, Dice dice) {
    return "And %s the %s sang: %s, %s."
        .formatted(
            world.animalName,
            world.animal,
            String.join(" ", world.song),
            dice.oneIn(2) ? String.join(" ", world.song) : world.song.get(0));
  }
}
