package dev.selfpruner.gpu.corpus;

import java.util.List;

/** One story: an opening, a few days of scenes, each closed by the refrain, and an ending. */
final class Story {
  private static final List<Scene> SCENES =
      List.of(
          Errands::take,
          Errands::give,
          Errands::askWhoHolds,
          Errands::walk,
          Errands::askWhere,
          Puzzles::add,
          Chatter::recall,
          Chatter::animalFact,
          Puzzles::table,
          Puzzles::compare,
          Chatter::townFact,
          Puzzles::echo,
          Puzzles::subtract,
          Chatter::tradeFact,
          Puzzles::agree);

  private final World world;
  private final Dice dice;

  Story(Dice dice) {
    this.dice = dice;
    this.world = new World(dice);
  }

  String tell() {
    StringBuilder story = new StringBuilder(opening()).append('\n');
    int days = dice.between(3, 5);
    for (int day = 0; day < days; day++) {
      story.append("On %s it was %s.".formatted(world.nextDay(), dice.common(Lexicon.WEATHERS)));
      int scenes = dice.between(3, 5);
      for (int i = 0; i < scenes; i++) {
        story.append(' ').append(dice.any(SCENES).tell(world, dice));
      }
      story.append(' ').append(Chatter.refrain(world)).append('\n');
    }
    return story.append(ending()).append("\n\n").toString();
  }

  private String opening() {
    Person hero = world.hero();
    return "%s was %s %s %s from %s. %s had a %s %s called %s. %s friends were %s and %s."
        .formatted(
            hero.name(),
            Lexicon.article(world.mood),
            world.mood,
            world.trade,
            world.town,
            hero.upperThey(),
            world.animalColour,
            world.animal,
            world.animalName,
            Person.upper(hero.their()),
            world.cast.get(1).name(),
            world.cast.get(2).name());
  }

  private String ending() {
    Person hero = world.hero();
    return "At last %s the %s went home to %s, and %s the %s %s was glad."
        .formatted(
            hero.name(),
            world.trade,
            world.town,
            world.animalName,
            world.animalColour,
            world.animal);
  }
}
