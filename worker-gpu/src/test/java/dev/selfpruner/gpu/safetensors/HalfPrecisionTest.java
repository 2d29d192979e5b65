package dev.selfpruner.gpu.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfPrecisionTest {

  @Test
  void widensEachHalfToTheValueThatItsFieldsStandFor() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float widened = HalfPrecision.float16ToFloat((short) bits);
      int exponent = (bits >>> 10) & 0x1f;
      int fraction = bits & 0x3ff;
      double sign = bits >>> 15 == 0 ? 1.0 : -1.0;
      if (exponent == 31 && fraction != 0) {
        assertThat(widened).isNaN();
      } else {
        double expected =
            exponent == 31
                ? sign * Double.POSITIVE_INFINITY
                : exponent == 0
                    ? sign * fraction * 0x1p-24
                    : sign * (1024 + fraction) * Math.scalb(1.0, exponent - 25);
        assertThat(Double.doubleToLongBits(widened)).isEqualTo(Double.doubleToLongBits(expected));
      }
    }
  }

  @Test
  void narrowsEachWidenedHalfBackToItself() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float widened = HalfPrecision.float16ToFloat((short) bits);
      short narrowed = HalfPrecision.floatToFloat16(widened);
      if (Float.isNaN(widened)) {
        assertThat(HalfPrecision.float16ToFloat(narrowed)).isNaN();
      } else {
        assertThat(narrowed).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void roundsToTheNearerHalfAndTiesToTheEvenOne() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      float lower = HalfPrecision.float16ToFloat((short) bits);
      float upper = HalfPrecision.float16ToFloat((short) (bits + 1));
      float middle = (lower + upper) / 2; // exact: a float has 13 more bits
      short even = (short) ((bits & 1) == 0 ? bits : bits + 1);
      assertThat(HalfPrecision.floatToFloat16(middle)).isEqualTo(even);
      assertThat(HalfPrecision.floatToFloat16(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(HalfPrecision.floatToFloat16(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
      assertThat(HalfPrecision.floatToFloat16(-middle)).isEqualTo((short) (even | 0x8000));
    }
  }

  @Test
  void overflowsToInfinityFromHalfwayBeyondTheLargestHalf() {
    assertThat(HalfPrecision.floatToFloat16(65504f)).isEqualTo((short) 0x7bff);
    assertThat(HalfPrecision.floatToFloat16(Math.nextDown(65520f))).isEqualTo((short) 0x7bff);
    assertThat(HalfPrecision.floatToFloat16(65520f)).isEqualTo((short) 0x7c00);
    assertThat(HalfPrecision.floatToFloat16(-Float.MAX_VALUE)).isEqualTo((short) 0xfc00);
    assertThat(HalfPrecision.floatToFloat16(Float.MIN_VALUE)).isEqualTo((short) 0);
  }

  @Test
  void brainFloatsAreTheUpperHalfOfFloats() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float widened = HalfPrecision.bfloat16ToFloat((short) bits);
      assertThat(Float.floatToRawIntBits(widened)).isEqualTo(bits << 16);
      if (!Float.isNaN(widened)) {
        assertThat(HalfPrecision.floatToBfloat16(widened)).isEqualTo((short) bits);
      }
    }
    assertThat(HalfPrecision.floatToBfloat16(Float.intBitsToFloat(0x3f808000)))
        .isEqualTo((short) 0x3f80);
    assertThat(HalfPrecision.floatToBfloat16(Float.intBitsToFloat(0x3f818000)))
        .isEqualTo((short) 0x3f82);
    assertThat(
            HalfPrecision.bfloat16ToFloat(
                HalfPrecision.floatToBfloat16(Float.intBitsToFloat(0x7f800001))))
        .isNaN();
  }
}
