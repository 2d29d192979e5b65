package dev.selfpruner.infra.cli;

/** Named sizes, texts and methods of a search. */
enum Preset {
  /**
   * Single blocks are measured first, candidates are compared with what makes up for removed units,
   * on growing windows of text that is not reported, and the best is fitted at last.
   */
  MEASURED,
  /** The published search with 12 + 10 x (4 + 4) evaluations on text that is not reported. */
  SMALL,
  /** The paper's: 30 + 20 x (10 + 10) evaluations on the whole text that is reported. */
  PAPER
}
