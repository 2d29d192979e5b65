package dev.selfpruner.gpu.corpus;

/** A town, named by a beginning and an ending that each go with many others. */
record Town(String beginning, String ending) {
  static Town any(Dice dice) {
    return new Town(dice.common(Lexicon.TOWN_BEGINNINGS), dice.common(Lexicon.TOWN_ENDINGS));
  }

  @Override
  public String toString() {
    return beginning + ending;
  }
}
