package dev.selfpruner.gpu.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.OptionalLong;

/**
 * What was measured of a layer.
 *
 * @param device what computed
 * @param engine name and version of the library
 * @param numericType what the decoder computed in
 * @param rows one for each measurement
 */
public record LayerBenchResult(String device, String engine, String numericType, List<Row> rows) {
  public LayerBenchResult {
    rows = List.copyOf(rows);
  }

  /**
   * One measurement.
   *
   * @param what was done
   * @param seconds median of the runs
   * @param fastest of them
   * @param slowest of them
   * @param deviceHighWaterBytes most memory in use on the GPU, by whatever process; empty on a CPU
   * @param fileBytes that it wrote; empty where it writes none
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Row(
      String what,
      double seconds,
      double fastest,
      double slowest,
      OptionalLong deviceHighWaterBytes,
      OptionalLong fileBytes) {}
}
