package dev.selfpruner.gpu.corpus;

/**
 * What is true in every story: an arbitrary choice made once, which a reader can only know by
 * having read it elsewhere.
 */
final class Facts {
  private Facts() {}

  static String foodOf(String animal) {
    int i = Lexicon.ANIMALS.indexOf(animal);
    return Lexicon.FOODS.get((5 * i + 3) % Lexicon.FOODS.size());
  }

  static String soundOf(String animal) {
    int i = Lexicon.ANIMALS.indexOf(animal);
    return Lexicon.SOUNDS.get((3 * i + i / 8) % Lexicon.SOUNDS.size());
  }

  /** The river depends on both halves of a town's name. */
  static String riverOf(Town town) {
    int beginning = Lexicon.TOWN_BEGINNINGS.indexOf(town.beginning());
    int ending = Lexicon.TOWN_ENDINGS.indexOf(town.ending());
    return Lexicon.RIVERS.get((3 * beginning + 5 * ending) % Lexicon.RIVERS.size());
  }

  static String toolOf(String trade) {
    int i = Lexicon.TRADES.indexOf(trade);
    return Lexicon.THINGS.get((11 * i + 5) % Lexicon.THINGS.size());
  }

  static String workplaceOf(String trade) {
    int i = Lexicon.TRADES.indexOf(trade);
    return Lexicon.PLACES.get((3 * i + 1) % Lexicon.PLACES.size());
  }
}
