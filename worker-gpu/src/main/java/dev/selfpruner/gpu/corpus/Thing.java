package dev.selfpruner.gpu.corpus;

/** Something that can be carried: told apart by its colour and its kind. */
record Thing(String colour, String kind) {
  @Override
  public String toString() {
    return colour + " " + kind;
  }

  String withArticle() {
    return Lexicon.article(colour) + " " + this;
  }
}
