package dev.selfpruner.infra.gc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.Garbage;
import dev.selfpruner.activities.artifact.StoredBlob;
import dev.selfpruner.activities.artifact.StoredEntry;
import dev.selfpruner.activities.artifact.UnfinishedUpload;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What went, or would go.
 *
 * @param store where
 * @param garbage what
 * @param retention that decided
 * @param openWorkflows where open workflows were looked for, and how many there were
 * @param removed whether it is gone
 */
public record GcReport(
    String store, Garbage garbage, Retention retention, String openWorkflows, boolean removed) {
  private static final String NOTHING = "(nothing refers to it)";
  private static final String UPLOADS = "(unfinished uploads)";
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC);

  /** A line of the table. */
  private record Line(String kind, int entries, int blobs, long bytes) {
    Line plus(int moreEntries, int moreBlobs, long moreBytes) {
      return new Line(kind, entries + moreEntries, blobs + moreBlobs, bytes + moreBytes);
    }
  }

  /** For people. */
  public String text() {
    StringBuilder text = new StringBuilder(store).append('\n').append(openWorkflows).append("\n\n");
    List<Line> lines = lines();
    if (lines.isEmpty()) {
      text.append("nothing to remove\n");
    } else {
      text.append(row("kind", "entries", "blobs", "bytes"));
      Line total = new Line("total", 0, 0, 0);
      for (Line line : lines) {
        text.append(row(line));
        total = total.plus(line.entries, line.blobs, line.bytes);
      }
      text.append(row(total)).append('\n');
    }
    for (Run run : retention.removed()) {
      text.append(
          "%s %s, %s, last used on %s%n"
              .formatted(
                  removed ? "gone:" : "goes:",
                  run.workflowId(),
                  run.finished() ? "finished" : "not finished",
                  DAY.format(run.used())));
    }
    text.append(
        "kept: %d runs, %,d entries, %,d blobs of %s%n"
            .formatted(
                retention.kept().size(),
                garbage.keptEntries(),
                garbage.keptBlobs(),
                bytes(garbage.keptBytes())));
    if (garbage.unreadable() > 0) {
      text.append(
          "left alone: %d index entries that nobody can read%n".formatted(garbage.unreadable()));
    }
    if (!removed && !lines.isEmpty()) {
      text.append("Nothing was removed: the same command with --yes removes it.\n");
    }
    return text.toString().stripTrailing();
  }

  /** One line. */
  public String json() {
    ObjectNode json = Json.mapper().createObjectNode();
    json.put("store", store).put("openWorkflows", openWorkflows).put("removed", removed);
    ArrayNode kinds = json.putArray("kinds");
    for (Line line : lines()) {
      kinds
          .addObject()
          .put("kind", line.kind)
          .put("entries", line.entries)
          .put("blobs", line.blobs)
          .put("bytes", line.bytes);
    }
    ArrayNode gone = json.putArray("runs");
    retention.removed().forEach(run -> describe(run, gone.addObject()));
    ArrayNode kept = json.putArray("keptRuns");
    retention.kept().forEach(run -> describe(run, kept.addObject()));
    json.putObject("kept")
        .put("entries", garbage.keptEntries())
        .put("blobs", garbage.keptBlobs())
        .put("bytes", garbage.keptBytes());
    json.put("unreadable", garbage.unreadable());
    return Json.write(json);
  }

  private static void describe(Run run, ObjectNode json) {
    json.put("searchKey", run.key())
        .put("workflowId", run.workflowId())
        .put("used", run.used().toString())
        .put("finished", run.finished());
  }

  /** What takes most first. */
  private List<Line> lines() {
    Map<String, Line> lines = new TreeMap<>();
    for (StoredEntry entry : garbage.entries()) {
      add(lines, entry.key().kind(), 1, 0, 0);
    }
    for (StoredBlob blob : garbage.blobs()) {
      add(lines, garbage.origins().getOrDefault(blob.sha256(), NOTHING), 0, 1, blob.bytes());
    }
    for (UnfinishedUpload upload : garbage.uploads()) {
      add(lines, UPLOADS, 0, 1, upload.bytes());
    }
    List<Line> sorted = new ArrayList<>(lines.values());
    sorted.sort(Comparator.comparing(Line::bytes).reversed().thenComparing(Line::kind));
    return sorted;
  }

  private static void add(
      Map<String, Line> lines, String kind, int entries, int blobs, long bytes) {
    lines.merge(
        kind,
        new Line(kind, entries, blobs, bytes),
        (there, more) -> there.plus(more.entries, more.blobs, more.bytes));
  }

  private static String row(Line line) {
    return row(
        line.kind,
        String.format(Locale.ROOT, "%,d", line.entries),
        String.format(Locale.ROOT, "%,d", line.blobs),
        bytes(line.bytes));
  }

  private static String row(String kind, String entries, String blobs, String bytes) {
    return "%-24s %9s %9s %12s%n".formatted(kind, entries, blobs, bytes);
  }

  private static String bytes(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double amount = bytes;
    int unit = 0;
    while (amount >= 1024 && unit < units.length - 1) {
      amount /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", amount, units[unit]);
  }
}
