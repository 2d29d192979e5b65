package dev.selfpruner.gpu.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.OptionalLong;

/**
 * What was measured.
 *
 * @param devices what computed
 * @param engine name and version of the library
 * @param numericType what the decoder computed in
 * @param resident whether all weights were on the devices, and none was streamed
 * @param peakTeraflops what a large matrix product reached in the same run
 * @param rows one for each measurement
 * @param deviceHighWaterBytes most memory in use on a GPU
 * @param hostHighWaterBytes most memory that the process held
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record BenchResult(
    List<String> devices,
    String engine,
    String numericType,
    boolean resident,
    double peakTeraflops,
    List<Row> rows,
    OptionalLong deviceHighWaterBytes,
    OptionalLong hostHighWaterBytes) {
  public BenchResult {
    devices = List.copyOf(devices);
    rows = List.copyOf(rows);
  }

  /**
   * One measurement, from the embedding to the loss.
   *
   * @param what the dense model, a sparsity, or a batch
   * @param parameters of the whole model, or of the batch's first
   * @param weightBytes that they take
   * @param candidates evaluated in the run
   * @param tokens that each of them read
   * @param seconds median of the runs
   * @param fastest of them
   * @param slowest of them
   * @param tokensPerSecond of all candidates
   * @param teraflops floating-point operations a second, those that each candidate alone would need
   * @param shareOfPeak of the matrix product's
   */
  public record Row(
      String what,
      long parameters,
      long weightBytes,
      int candidates,
      long tokens,
      double seconds,
      double fastest,
      double slowest,
      double tokensPerSecond,
      double teraflops,
      double shareOfPeak) {}
}
