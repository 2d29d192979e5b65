package dev.selfpruner.infra.doctor;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A GPU as its driver shows it.
 *
 * @param index that the driver numbers it by
 * @param memory in MiB; 0 where the driver does not say
 * @param free in MiB; 0 where the driver does not say
 */
record Gpu(int index, String name, long memory, long free, DriverVersion driver) {
  private static final long MIB = 1L << 20;

  /** Index, name, memory, free memory, driver: of these only the name may hold a comma. */
  private static final Pattern ROW =
      Pattern.compile("(\\d{1,4}), (.+), ([^,]+), ([^,]+), (\\d+(?:\\.\\d+){0,3})");

  Gpu {
    if (index < 0 || name.isBlank() || memory < 0 || free < 0) {
      throw new IllegalArgumentException("a GPU has a number, a name and an amount of memory");
    }
  }

  /** Reads a row of {@code nvidia-smi}, without units. */
  static Optional<Gpu> parse(String row) {
    Matcher fields = ROW.matcher(row.strip());
    return fields.matches()
        ? Optional.of(
            new Gpu(
                Integer.parseInt(fields.group(1)),
                fields.group(2).strip(),
                number(fields.group(3)),
                number(fields.group(4)),
                DriverVersion.parse(fields.group(5))))
        : Optional.empty();
  }

  private static long number(String field) {
    return field.matches("\\d{1,12}") ? Long.parseLong(field) : 0; // [N/A] on shared memory
  }

  /** Name and memory. */
  String describe() {
    return memory == 0
        ? name
        : "%s (%s, %s free)".formatted(name, Gibibytes.of(memory * MIB), Gibibytes.of(free * MIB));
  }
}
