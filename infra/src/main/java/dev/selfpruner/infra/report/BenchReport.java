package dev.selfpruner.infra.report;

import dev.selfpruner.activities.Json;
import dev.selfpruner.gpu.bench.BenchResult;
import java.util.Locale;
import java.util.OptionalLong;

/** What a benchmark measured, for people and for programs. */
public record BenchReport(BenchResult result) {
  public String json() {
    return Json.write(result);
  }

  /** A table, a row a measurement. */
  public String text() {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%s, %s, %s; weights %s; a large matrix product reached %.4g TFLOP/s%n",
                String.join(", ", result.devices()),
                result.numericType(),
                result.engine(),
                result.resident() ? "on the device" : "streamed",
                result.peakTeraflops()));
    text.append(
        String.format(
            "%-42s %10s %9s %21s %12s %9s %6s%n",
            "", "parameters", "weights", "seconds (min..max)", "tokens/s", "TFLOP/s", "peak"));
    for (BenchResult.Row row : result.rows()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-42s %9.4gM %6d MiB %7.4g (%.4g..%.4g) %12.0f %9.4g %5.1f%%%n",
              row.what(),
              row.parameters() / 1e6,
              row.weightBytes() >> 20,
              row.seconds(),
              row.fastest(),
              row.slowest(),
              row.tokensPerSecond(),
              row.teraflops(),
              100 * row.shareOfPeak()));
    }
    text.append("memory, at most: ");
    text.append(mebibytes("on the GPU, by all processes", result.deviceHighWaterBytes()));
    text.append(mebibytes("of the host, by this one", result.hostHighWaterBytes()));
    return text.toString().stripTrailing();
  }

  private static String mebibytes(String what, OptionalLong bytes) {
    return bytes.isPresent() ? "%,d MiB %s; ".formatted(bytes.getAsLong() >> 20, what) : "";
  }
}
