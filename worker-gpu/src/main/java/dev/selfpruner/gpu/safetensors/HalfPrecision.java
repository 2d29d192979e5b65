package dev.selfpruner.gpu.safetensors;

/**
 * Conversions between float and the two 16-bit formats, which Java 17 doesn't have. Widening is
 * exact; narrowing rounds to nearest, ties to even, as IEEE 754 does.
 */
public final class HalfPrecision {
  private static final int FLOAT_INFINITY = 0x7f800000;
  private static final int HALF_INFINITY = 0x7c00;

  /** 65,520: from here on, rounding to nearest gives infinity. */
  private static final int HALF_OVERFLOW = 0x477ff000;

  /** 2^-14: below it, 16-bit numbers are subnormal. */
  private static final int SMALLEST_NORMAL_HALF = 0x38800000;

  /** Difference of the exponents' biases, 127 - 15, in a float's exponent field. */
  private static final int BIAS = 112 << 23;

  private HalfPrecision() {}

  public static float float16ToFloat(short half) {
    int magnitude = (half & 0x7fff) << 13;
    int sign = (half & 0x8000) << 16;
    if ((half & HALF_INFINITY) == HALF_INFINITY) {
      return Float.intBitsToFloat(sign | FLOAT_INFINITY | magnitude);
    }
    // A multiplication by a power of two corrects the bias and normalises subnormals, exactly.
    float value = Float.intBitsToFloat(magnitude) * 0x1p112f;
    return Float.intBitsToFloat(sign | Float.floatToRawIntBits(value));
  }

  public static short floatToFloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > FLOAT_INFINITY) {
      return (short) (sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff));
    }
    if (magnitude >= HALF_OVERFLOW) {
      return (short) (sign | HALF_INFINITY);
    }
    if (magnitude < SMALLEST_NORMAL_HALF) {
      // Beside 0.5 a float has the resolution of a subnormal half, so the addition rounds for us.
      float shifted = Float.intBitsToFloat(magnitude) + 0.5f;
      return (short) (sign | (Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(0.5f)));
    }
    int odd = (magnitude >>> 13) & 1;
    return (short) (sign | ((magnitude - BIAS + 0xfff + odd) >>> 13));
  }

  public static float bfloat16ToFloat(short bfloat) {
    return Float.intBitsToFloat(bfloat << 16);
  }

  public static short floatToBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fffffff) > FLOAT_INFINITY) {
      return (short) ((bits >>> 16) | 0x40); // stays a NaN when its low bits are cut off
    }
    int odd = (bits >>> 16) & 1;
    return (short) ((bits + 0x7fff + odd) >>> 16);
  }
}
