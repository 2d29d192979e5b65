package dev.selfpruner.infra.endtoend;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What came of a run with faults, for people.
 *
 * @param notes what else happened: workers that ended by themselves, commands started again
 * @param undisturbed how long the search took without faults, from its start to its model
 * @param disturbed how long it took with them
 * @param blobs in the store at the end, all of them whole
 */
record ChaosReport(
    long seed,
    List<Strike> strikes,
    List<String> notes,
    Journal expected,
    Journal journal,
    Duration undisturbed,
    Duration disturbed,
    int blobs) {

  String text() {
    List<String> lines = new ArrayList<>();
    lines.add("chaos of seed %d, %d faults:".formatted(seed, strikes.size()));
    strikes.forEach(strike -> lines.add(strike.toString()));
    notes.forEach(note -> lines.add("note: " + note.strip()));
    lines.add("from a fault to the next evaluation begun (median, longest):");
    Map<Fault, List<Duration>> resumed = new EnumMap<>(Fault.class);
    for (Strike strike : strikes) {
      resumed
          .computeIfAbsent(strike.fault(), unused -> new ArrayList<>())
          .addAll(strike.resumed(journal));
    }
    resumed.forEach((fault, times) -> lines.add(line(fault, times)));
    lines.add(
        "evaluations ended: %d, without faults %d; begun and not ended: %d; begun after their end: %d"
            .formatted(
                journal.ended(),
                expected.ended(),
                journal.begun() - journal.ended(),
                journal.repeated().size()));
    lines.add("blobs whole: " + blobs);
    lines.add(
        String.format(
            Locale.ROOT,
            "wall time: %.1f s without faults, %.1f s with them",
            undisturbed.toMillis() / 1e3,
            disturbed.toMillis() / 1e3));
    return String.join(System.lineSeparator(), lines);
  }

  private static String line(Fault fault, List<Duration> times) {
    List<Duration> sorted = times.stream().sorted().toList();
    return sorted.isEmpty()
        ? "  %-31s  none followed".formatted(fault)
        : String.format(
            Locale.ROOT,
            "  %-31s  %2d x  %5.1f s  %5.1f s",
            fault,
            sorted.size(),
            sorted.get(sorted.size() / 2).toMillis() / 1e3,
            sorted.get(sorted.size() - 1).toMillis() / 1e3);
  }
}
