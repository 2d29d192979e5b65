package dev.selfpruner.gpu.corpus;

/** Scenes of talk: facts of the world, facts of this story, and its refrain. */
final class Chatter {
  private Chatter() {}

  static String animalFact(World world, Dice dice) {
    String animal = dice.oneIn(2) ? world.animal : dice.common(Lexicon.ANIMALS);
    String speaker = dice.any(world.cast).name();
    return dice.oneIn(2)
        ? "%s %s: every %s %s and eats %s."
            .formatted(
                speaker,
                dice.common(Lexicon.SAYINGS),
                animal,
                Facts.soundOf(animal),
                Facts.foodOf(animal))
        : "%s %s: what eats %s and %s is %s %s."
            .formatted(
                speaker,
                dice.common(Lexicon.SAYINGS),
                Facts.foodOf(animal),
                Facts.soundOf(animal),
                Lexicon.article(animal),
                animal);
  }

  static String townFact(World world, Dice dice) {
    Town town = dice.oneIn(2) ? world.town : Town.any(dice);
    return "%s lies on the river %s.".formatted(town, Facts.riverOf(town));
  }

  static String tradeFact(World world, Dice dice) {
    String trade = dice.oneIn(2) ? world.trade : dice.common(Lexicon.TRADES);
    return "The %s in the %s wanted a %s."
        .formatted(trade, Facts.workplaceOf(trade), Facts.toolOf(trade));
  }

  /** What the opening said, asked again. */
  static String recall(World world, Dice dice) {
    String hero = world.hero().name();
    return switch (dice.below(4)) {
      case 0 ->
          "Where did %s live? In %s on the river %s."
              .formatted(hero, world.town, Facts.riverOf(world.town));
      case 1 -> "What was %s? A %s %s.".formatted(hero, world.mood, world.trade);
      case 2 -> "Whose %s was %s? It was %s's.".formatted(world.animal, world.animalName, hero);
      default ->
          "What was %s? A %s %s.".formatted(world.animalName, world.animalColour, world.animal);
    };
  }

  static String refrain(World world) {
    return "%s the %s sang: %s."
        .formatted(world.animalName, world.animal, String.join(" ", world.song));
  }
}
