package dev.selfpruner.gpu.llama;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;

/** What the decoder computes in. Norms, softmax of the loss and sums are wider in either case. */
public enum NumericType {
  FLOAT32(DataType.FLOAT32),
  /** Several times slower than {@link #FLOAT32} on a CPU. */
  FLOAT16(DataType.FLOAT16);

  private final DataType dataType;

  NumericType(DataType dataType) {
    this.dataType = dataType;
  }

  DataType dataType() {
    return dataType;
  }

  /** The faster one: float32 on a CPU, float16 elsewhere. */
  public static NumericType of(Device device) {
    return Device.cpu().equals(device) ? FLOAT32 : FLOAT16;
  }
}
