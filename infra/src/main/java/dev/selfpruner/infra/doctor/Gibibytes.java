package dev.selfpruner.infra.doctor;

import java.util.Locale;

/** Amounts of memory as people read them. */
final class Gibibytes {
  static final long GIB = 1L << 30;

  private Gibibytes() {}

  static String of(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", (double) bytes / GIB);
  }
}
