package dev.selfpruner.gpu.safetensors;

/** How a weight's numbers are stored: 32-bit IEEE, 16-bit IEEE, or the upper half of 32-bit. */
public enum StorageType {
  F32(4),
  F16(2),
  BF16(2);

  private final int bytes;

  StorageType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }
}
