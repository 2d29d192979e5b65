package dev.selfpruner.llm.chat;

import java.util.Collections;

/**
 * The grammar of an answer in GBNF, for servers of llama.cpp's: as many lists as asked for, one to
 * a line, each with one rate a layer. Small models can't leave it, and stop where it ends.
 */
final class RatesGrammar {
  private RatesGrammar() {}

  static String of(int lists, int layers) {
    // repetitions are written out: {n} is read by newer servers only
    return """
        root ::= %s
        list ::= "[" %s "]"
        rate ::= "0." [0-9] [0-9] [0-9] [0-9] [0-9]
        """
        .formatted(
            String.join(" \"\\n\" ", Collections.nCopies(lists, "list")),
            String.join(" \", \" ", Collections.nCopies(layers, "rate")));
  }
}
