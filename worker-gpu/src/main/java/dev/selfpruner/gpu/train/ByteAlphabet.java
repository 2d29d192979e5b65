package dev.selfpruner.gpu.train;

/**
 * The printable character that stands for each byte in a byte-level tokenizer's files: itself where
 * it is printable Latin-1, and else the next free code point from 256 on (GPT-2's table).
 */
final class ByteAlphabet {
  private static final char[] SYMBOLS = new char[256];

  static {
    char next = 256;
    for (int value = 0; value < SYMBOLS.length; value++) {
      boolean printable =
          (value >= '!' && value <= '~')
              || (value >= 0xA1 && value <= 0xAC)
              || (value >= 0xAE && value <= 0xFF);
      SYMBOLS[value] = printable ? (char) value : next++;
    }
  }

  private ByteAlphabet() {}

  static String symbol(int value) {
    return String.valueOf(SYMBOLS[value]);
  }
}
