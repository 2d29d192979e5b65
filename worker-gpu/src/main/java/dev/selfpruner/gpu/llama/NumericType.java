package dev.selfpruner.gpu.llama;

import ai.djl.Device;
import dev.selfpruner.gpu.safetensors.StorageType;

/** What the decoder computes in. Norms, softmax of the loss and sums are wider in any case. */
public enum NumericType {
  FLOAT32(StorageType.F32, 6),
  /** Several times slower than {@link #FLOAT32} on a CPU. */
  FLOAT16(StorageType.F16, 5),
  /** For models whose activations overflow {@link #FLOAT16}; fewer digits. Slow on a CPU too. */
  BFLOAT16(StorageType.BF16, 15);

  /** There are no complex numbers of the type, where the decoder computes. */
  static final int NO_COMPLEX = -1;

  private static final int COMPLEX_FLOAT16 = 8;
  private static final int COMPLEX_FLOAT32 = 9;

  private final StorageType storageType;
  private final int torchCode;

  NumericType(StorageType storageType, int torchCode) {
    this.storageType = storageType;
    this.torchCode = torchCode;
  }

  /** Bytes of one number. */
  public int bytes() {
    return storageType.bytes();
  }

  /** How files hold it. */
  StorageType storageType() {
    return storageType;
  }

  /** The dtype as TorchScript's serialised dialect numbers it. */
  int torchCode() {
    return torchCode;
  }

  /** The dtype of complex numbers of this type, or {@link #NO_COMPLEX}. */
  int complexCode(Device device) {
    return switch (this) {
      case FLOAT32 -> COMPLEX_FLOAT32;
      case FLOAT16 -> isCpu(device) ? NO_COMPLEX : COMPLEX_FLOAT16;
      case BFLOAT16 -> NO_COMPLEX;
    };
  }

  /** The faster one: float32 on a CPU, float16 elsewhere. */
  public static NumericType of(Device device) {
    return isCpu(device) ? FLOAT32 : FLOAT16;
  }

  static boolean isCpu(Device device) {
    return Device.cpu().equals(device);
  }
}
