package dev.selfpruner.llm.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AnswerParserTest {
  private static final int LAYERS = 2;
  private static final AnswerList CUT =
      new AnswerList.Broken("the last list was cut off before its closing bracket");
  private static final AnswerList NO_NUMBERS =
      new AnswerList.Broken("a list had something other than plain numbers between commas");

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void findsTheListsOf(String name, String answer, List<AnswerList> lists) {
    assertThat(AnswerParser.parse(answer, LAYERS)).isEqualTo(lists);
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

  @ParameterizedTest(name = "{0}")
  @MethodSource("objects")
  void findsTheObjectsOf(String name, String answer, List<AnswerList> lists) {
    assertThat(AnswerParser.parse(answer, LAYERS)).isEqualTo(lists);
  }

  static Stream<Arguments> objects() {
    AnswerList first = numbers(0.1, 0.5);
    AnswerList second = numbers(0.25, 0.35);
    String one = "{\"layer_0\": 0.1, \"layer_1\": 0.5}";
    String two = "{\"layer_1\": 0.35, \"layer_0\": 0.25}";
    String both = "{\"configurations\": [%s, %s]}".formatted(one, two);
    return Stream.of(
        answer("the form asked for, keys in any order", both, first, second),
        answer("without spaces", both.replace(" ", ""), first, second),
        answer("a key to a line", both.replace(", ", ",\n").replace("{", "{\n"), first, second),
        answer("a single object", one, first),
        answer("an array of objects", "[%s,%s]".formatted(one, two), first, second),
        answer("an object to a line", one + "\n" + two, first, second),
        answer(
            "a fence and prose",
            "Here [2 of them]:\n```json\n%s\n```\n!".formatted(both),
            first,
            second),
        answer("a thinking block", "<think>%s</think>%s".formatted(two, one), first),
        answer("numbers in quotes", one.replace("0.1", "\"0.1\"").replace("0.5", "' .5 '"), first),
        answer("bare keys", one.replace("\"", ""), first),
        answer("a trailing comma", one.replace("}", ",}"), first),
        answer("other keys", "{\"name\": \"a\", " + one.substring(1), first),
        answer("a frame of its own for each", "{\"a\": {\"rates\": %s}}".formatted(one), first),
        answer("NaN", one.replace("0.5", "NaN"), numbers(0.1, Double.NaN)),
        answer("per cents", one.replace("0.5", "50"), numbers(0.1, 50)),
        answer("lists in a JSON object", "{\"configurations\": [[0.1, 0.5]]}", first),
        answer("a form that was repeated before lists", "{\"layer_0\": ...}: [0.1, 0.5]", first),
        answer("a key that is missing", "{\"layer_1\": 0.5}", broken("had no layer_0")),
        answer(
            "layers counted from 1",
            one.replace("_1", "_2").replace("_0", "_1"),
            broken("had layer_2; the last layer is layer_1")),
        answer(
            "a layer far beyond the model",
            one.replace("}", ", \"layer_999999999\": 0.1}"),
            broken("had layer_999999999; the last layer is layer_1")),
        answer("a key twice", one.replace("_1", "_0"), broken("had layer_0 twice")),
        answer("null", one.replace("0.5", "null"), notANumber(1)),
        answer("words", one.replace("0.1", "\"a tenth\""), notANumber(0)),
        answer("per cent signs", one.replace("0.1", "10%"), notANumber(0)),
        answer("a decimal comma", one.replace("0.1", "0,1"), notANumber(0)),
        answer("a list for a number", one.replace("0.1", "[0.1]"), notANumber(0)),
        answer("an ellipsis", "{\"layer_0\": 0.1, ...}", broken("had no layer_1")),
        answer(
            "a broken one among good ones",
            "[%s, {\"layer_0\": 0.1}, %s]".formatted(one, two),
            first,
            broken("had no layer_1"),
            second),
        answer(
            "objects in an object",
            "{\"layer_0\": {\"rate\": 0.1}}",
            broken("had an object in it, or did not end")),
        answer(
            "the last one cut off",
            both.substring(0, both.length() - 4),
            first,
            new AnswerList.Broken("the last configuration was cut off before its closing brace")),
        answer("cut off between two", both.substring(0, both.indexOf("}") + 4), first),
        answer("braces alone", "{} }{ {{ }}"),
        answer("prose about layers", "layer_0: not much, layer_1: more"));
  }

  @Test
  void endlessObjectsAreReadInLinearTime() {
    assertThat(AnswerParser.parse("{".repeat(2_000_000), LAYERS)).isEmpty();
    assertThat(AnswerParser.parse("{" + "\"layer_1\": 0.1,".repeat(200_000), LAYERS)).hasSize(1);
    assertThat(AnswerParser.parse("{\"layer_" + "1".repeat(2_000_000), LAYERS)).isEmpty();
    assertThat(AnswerParser.parse("{\"layer_1\"" + " ".repeat(2_000_000) + ":", LAYERS)).isEmpty();
    assertThat(AnswerParser.parse("{\"layer_1\":".repeat(100_000), LAYERS)).hasSize(1_000);
    assertThat(AnswerParser.parse("{\"layer_0\":0,\"layer_1\":0}".repeat(100_000), LAYERS))
        .hasSize(1_000);
  }

  @Test
  void noAnswerMakesItFail() {
    Random random = new Random(20);
    List<String> good =
        Stream.concat(answers(), objects()).map(each -> (String) each.get()[1]).toList();
    String pieces = "[]{}\"':,;.0123456789eE+-_ \n\\$layerNaNnull<think></think>\u0000\ud83d\u0661";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder answer = new StringBuilder(good.get(random.nextInt(good.size())));
      for (int change = random.nextInt(12); change > 0; change--) {
        int at = random.nextInt(answer.length() + 1);
        int to = Math.min(answer.length(), at + random.nextInt(8));
        int from = random.nextInt(pieces.length());
        int length = random.nextInt(Math.min(8, pieces.length() - from));
        answer.replace(at, to, pieces.substring(from, from + length));
        if (random.nextInt(4) == 0) {
          answer.append(good.get(random.nextInt(good.size())));
        }
      }
      for (AnswerList list : AnswerParser.parse(answer.toString(), LAYERS)) {
        if (list instanceof AnswerList.Broken broken) {
          assertThat(broken.reason()).isNotBlank().hasSizeLessThan(200);
        } else {
          assertThat(((AnswerList.Numbers) list).values()).isNotEmpty();
        }
      }
    }
  }

  @Test
  void anEndlessAnswerIsReadInLinearTime() {
    assertThat(AnswerParser.parse("[".repeat(2_000_000), LAYERS)).isEmpty();
    assertThat(AnswerParser.parse("[" + "1".repeat(2_000_000) + "]", LAYERS)).isEmpty();
    assertThat(AnswerParser.parse("[0.1, 0.5]".repeat(100_000), LAYERS)).hasSize(1_000);
  }

  private static Arguments answer(String name, String answer, AnswerList... lists) {
    return Arguments.of(name, answer, List.of(lists));
  }

  private static AnswerList broken(String what) {
    return new AnswerList.Broken("a configuration " + what);
  }

  private static AnswerList notANumber(int layer) {
    return broken("had something other than a plain number for layer_" + layer);
  }

  private static AnswerList numbers(double... values) {
    return new AnswerList.Numbers(java.util.Arrays.stream(values).boxed().toList());
  }
}
