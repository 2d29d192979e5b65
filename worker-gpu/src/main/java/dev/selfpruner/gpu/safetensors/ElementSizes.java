package dev.selfpruner.gpu.safetensors;

import java.util.Map;

/** Element types of the format, by name, with their bytes: more than we compute with. */
final class ElementSizes {
  private static final Map<String, Integer> BYTES =
      Map.ofEntries(
          Map.entry("BOOL", 1),
          Map.entry("U8", 1),
          Map.entry("I8", 1),
          Map.entry("F8_E5M2", 1),
          Map.entry("F8_E4M3", 1),
          Map.entry("F8_E8M0", 1),
          Map.entry("U16", 2),
          Map.entry("I16", 2),
          Map.entry("F16", 2),
          Map.entry("BF16", 2),
          Map.entry("U32", 4),
          Map.entry("I32", 4),
          Map.entry("F32", 4),
          Map.entry("U64", 8),
          Map.entry("I64", 8),
          Map.entry("F64", 8),
          Map.entry("C64", 8));

  private ElementSizes() {}

  static boolean known(String dtype) {
    return BYTES.containsKey(dtype);
  }

  static int bytes(String dtype) {
    return BYTES.get(dtype);
  }
}
