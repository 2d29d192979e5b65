package dev.selfpruner.infra.cli;

import java.util.OptionalInt;

/** Options that may be absent: picocli leaves null in their place, and this is where it ends. */
final class Given {
  private Given() {}

  static OptionalInt number(Integer option) {
    return option == null ? OptionalInt.empty() : OptionalInt.of(option);
  }
}
