package dev.selfpruner.infra.report;

import dev.selfpruner.activities.Json;
import dev.selfpruner.gpu.bench.LayerBenchResult;
import java.util.Locale;
import java.util.OptionalLong;

/** What was measured of a layer, for people and for programs. */
public record LayerBenchReport(LayerBenchResult result) {
  public String json() {
    return Json.write(result);
  }

  /** A table, a row a measurement. */
  public String text() {
    StringBuilder text =
        new StringBuilder(
            "%s, %s, %s; one layer%n"
                .formatted(result.device(), result.numericType(), result.engine()));
    text.append(
        String.format(
            "%-44s %26s %18s %14s%n", "", "seconds (min..max)", "GPU memory, most", "written"));
    for (LayerBenchResult.Row row : result.rows()) {
      String seconds =
          String.format(
              Locale.ROOT, "%.4g (%.4g..%.4g)", row.seconds(), row.fastest(), row.slowest());
      text.append(
          String.format(
              "%-44s %26s %18s %14s%n",
              row.what(),
              seconds,
              mebibytes(row.deviceHighWaterBytes()),
              mebibytes(row.fileBytes())));
    }
    return text.toString().stripTrailing();
  }

  private static String mebibytes(OptionalLong bytes) {
    return bytes.isPresent()
        ? String.format(Locale.ROOT, "%,.1f MiB", bytes.getAsLong() / (double) (1 << 20))
        : "-";
  }
}
