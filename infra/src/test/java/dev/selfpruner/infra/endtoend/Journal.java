package dev.selfpruner.infra.endtoend;

import dev.selfpruner.activities.Json;
import dev.selfpruner.gpu.activity.EvaluationJournal.Event;
import dev.selfpruner.gpu.activity.EvaluationJournal.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the GPU workers of a home folder began and ended. */
record Journal(List<Line> lines) {

  static Journal of(Path home) throws IOException {
    Path file = home.resolve("journal.jsonl");
    if (!Files.exists(file)) {
      return new Journal(List.of());
    }
    String written = Files.readString(file);
    return new Journal( // without a line that is being written
        written
            .substring(0, written.lastIndexOf('\n') + 1)
            .lines()
            .map(line -> Json.read(line, Line.class))
            .toList());
  }

  /** Journals of several homes, in the order of time. */
  static Journal together(List<Journal> journals) {
    return new Journal(
        journals.stream()
            .flatMap(journal -> journal.lines().stream())
            .sorted(Comparator.comparing(line -> Instant.parse(line.time())))
            .toList());
  }

  long ended() {
    return lines.stream().filter(line -> line.event() == Event.END).count();
  }

  long begun() {
    return lines.size() - ended();
  }

  /** Different evaluations that began: the start of one is there before anything is computed. */
  long keys() {
    return lines.stream().map(Line::key).distinct().count();
  }

  /** When evaluations began, in the order of time. */
  List<Instant> starts() {
    return lines.stream()
        .filter(line -> line.event() == Event.START)
        .map(line -> Instant.parse(line.time()))
        .sorted()
        .toList();
  }

  /** Processes that began or ended something. */
  long processes() {
    return lines.stream().map(Line::process).distinct().count();
  }

  /** Starts that follow an end of the same key: evaluations paid for twice. */
  List<Line> repeated() {
    Set<String> ended = new HashSet<>();
    List<Line> repeated = new ArrayList<>();
    for (Line line : lines) {
      if (line.event() == Event.END) {
        ended.add(line.key());
      } else if (ended.contains(line.key())) {
        repeated.add(line);
      }
    }
    return repeated;
  }
}
