package dev.selfpruner.llm.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AnswerParserTest {
  private static final AnswerList CUT =
      new AnswerList.Broken("the last list was cut off before its closing bracket");
  private static final AnswerList NO_NUMBERS =
      new AnswerList.Broken("a list had something other than plain numbers between commas");

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void findsTheListsOf(String name, String answer, List<AnswerList> lists) {
    assertThat(AnswerParser.parse(answer)).isEqualTo(lists);
  }

  static Stream<Arguments> answers() {
    AnswerList first = numbers(0.1, 0.5);
    AnswerList second = numbers(0.25, 0.35);
    return Stream.of(
        answer("plain lines", "[0.1, 0.5]\n[0.25, 0.35]", first, second),
        answer("one JSON array", "[[0.1, 0.5], [0.25,0.35]]", first, second),
        answer(
            "prose around it",
            "Sure! Here are 2 lists [as asked]:\n[0.1, 0.5] and [0.25, 0.35]. See [1].",
            first,
            second),
        answer("numbering", "1. [0.1, 0.5]\n2) Configuration2: [0.25, 0.35]", first, second),
        answer("a fenced block", "```python\na = [0.1, 0.5]\nb = [0.25, 0.35]\n```", first, second),
        answer("several lines a list", "[\n  0.1,\n  0.5\n]", first),
        answer("a trailing comma", "[0.1, 0.5,]", first),
        answer("spaces, as numpy prints", "[0.1 0.5]", first),
        answer("exponents and bare points", "[1e-1, .5]", first),
        answer("a thinking block", "<think>[0.9, 0.9] no</think>[0.1, 0.5]", first),
        answer("a thinking block's end alone", "so [0.9, 0.9]</think>[0.1, 0.5]", first),
        answer("a thinking block without end", "[0.1, 0.5]<think>[0.9, 0.9]", first),
        answer("only thoughts", "<think>[0.1, 0.5]"),
        answer("NaN", "[NaN, 0.5]", numbers(Double.NaN, 0.5)),
        answer("infinity", "[0.5, -Infinity]", numbers(0.5, Double.NEGATIVE_INFINITY)),
        answer("an overflow", "[0.5, 1e999]", numbers(0.5, Double.POSITIVE_INFINITY)),
        answer("per cents", "[30, 20]", numbers(30, 20)),
        answer("an ellipsis", "[0.1, 0.5, ...]", NO_NUMBERS),
        answer("null", "[0.1, 0.5, null]", NO_NUMBERS),
        answer("words", "[0.1, 0.5 (middle)]", NO_NUMBERS),
        answer("Java's own forms of numbers", "[0.1, 0.2, 0x1p3, 1d]", NO_NUMBERS),
        answer("a list cut off", "[0.1, 0.5]\n[0.25, 0.3", first, CUT),
        answer("an open interval in prose", "in [0, 1): [0.1, 0.5]", first),
        answer("a refusal", "I cannot help with that."),
        answer("nothing", ""),
        answer("brackets alone", "[] ][ [[ ]]"));
  }

  @Test
  void anEndlessAnswerIsReadInLinearTime() {
    assertThat(AnswerParser.parse("[".repeat(2_000_000))).isEmpty();
    assertThat(AnswerParser.parse("[" + "1".repeat(2_000_000) + "]")).isEmpty();
    assertThat(AnswerParser.parse("[0.1, 0.5]".repeat(100_000))).hasSize(1_000);
  }

  private static Arguments answer(String name, String answer, AnswerList... lists) {
    return Arguments.of(name, answer, List.of(lists));
  }

  private static AnswerList numbers(double... values) {
    return new AnswerList.Numbers(java.util.Arrays.stream(values).boxed().toList());
  }
}
