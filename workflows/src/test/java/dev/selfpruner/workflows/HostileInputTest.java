package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.plan.Target;
import dev.selfpruner.activities.search.Generator;
import dev.selfpruner.activities.search.LlmLimits;
import dev.selfpruner.activities.search.Price;
import dev.selfpruner.activities.search.Stopping;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.RawValue;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What is thrown where an input is read fails the workflow's tasks for ever, so nothing may be:
 * whatever stands in whichever field is taken, completed, or a mistake that names the field.
 */
class HostileInputTest {
  private static final String DIGITS = "9".repeat(999);

  /** Values of every kind, and beyond every kind. */
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1.5",
          "1e400",
          "-1e-400",
          "2147483647",
          "2147483648",
          "9223372036854775807",
          "9223372036854775808",
          DIGITS,
          "\"\"",
          "\" \"",
          "\"text\"",
          "\"NaN\"",
          "\"\\u0000\"",
          "{}",
          "{\"type\": null}",
          "{\"type\": \"none\"}",
          "{\"type\": \"llm\"}",
          "{\"type\": \"latency\"}",
          "{\"\": 1}",
          "[]",
          "[null]",
          "[{}]",
          "[[]]",
          "[1, \"a\"]");

  @Test
  void whateverStandsInAFieldIsTakenOrNamed() throws Exception {
    int read = 0;
    for (SearchSpec spec : specs()) {
      JsonNode whole = Json.mapper().valueToTree(spec);
      for (String place : places(whole, "")) {
        for (String value : VALUES) {
          assertReadable(replaced(whole, place, Json.mapper().readTree(value)), place, value);
          read++;
        }
        assertReadable(removed(whole, place), place, "nothing");
      }
    }
    assertThat(read).isGreaterThan(3_000);
  }

  @Test
  void whatIsNoObjectOfJsonIsNamed() {
    String deep = "[".repeat(100_000);
    for (String input :
        List.of(
            "",
            " ",
            "null",
            "NaN",
            deep,
            "{\"method\":" + deep,
            "{\"model\":".repeat(900) + "1" + "}".repeat(900),
            "{\"seed\": " + "9".repeat(5_000) + "}",
            "{\"seed\": 1, \"seed\": 2}",
            "{\"seed\": 01}",
            "\uFEFF",
            "{\"model\": 'x'}")) {
      assertThat(SearchInput.read(raw(ByteString.copyFromUtf8(input))))
          .as(input.length() > 100 ? input.substring(0, 100) : input)
          .isInstanceOf(SearchInput.Wrong.class);
    }
    assertThat(SearchInput.read(raw(ByteString.copyFrom(new byte[] {(byte) 0xff, 0, 1}))))
        .isInstanceOf(SearchInput.Wrong.class);
  }

  private static void assertReadable(JsonNode input, String place, String value)
      throws ReflectiveOperationException {
    String what = "%s: %s".formatted(place, value.length() > 60 ? "many digits" : value);
    SearchInput read;
    try {
      read = SearchInput.read(raw(ByteString.copyFromUtf8(input.toString())));
      int unused = read.evaluations();
    } catch (RuntimeException e) {
      throw new AssertionError(what, e);
    }
    if (read instanceof SearchInput.Wrong wrong) {
      String places =
          place.startsWith("/latency") ? place + "/sparsity" : place; // one or the other
      assertThat(Stream.of(places.substring(1).split("/")))
          .as("%s: %s", what, wrong.reason())
          .anyMatch(name -> wrong.reason().contains(name));
    } else if (read instanceof SearchInput.Whole whole) {
      assertBegins(whole.spec(), what);
    }
  }

  /** Does what a workflow does with a spec before it asks an activity. */
  private static void assertBegins(SearchSpec spec, String what)
      throws ReflectiveOperationException {
    assertThat(nulls(spec, "")).as(what).isEmpty();
    assertThat(Estimates.evaluations(spec, 80, 1_000)).as(what).isPositive();
    assertThat(Estimates.further(spec, 80, spec.evolution().iterations(), 0)).as(what).isZero();
    assertThat(spec.workflowId()).startsWith("search-");
    assertThat(Preparation.calibration(spec).model()).isEqualTo(spec.model());
  }

  /** Every option is in one of them. */
  private static List<SearchSpec> specs() {
    Generator llm = Generator.LargeLanguageModel.compatible("http://127.0.0.1:1/v1", "m", 0.7, 100);
    return List.of(
        MeasuredSpecs.full()
            .with(llm)
            .with(new Stopping(1L, 2L, 3L, 4))
            .spec(new LlmLimits(10L, 2.0, List.of(new Price(1, 2)))),
        MeasuredSpecs.full().spec(new Target.Milliseconds(12, "cpu", 1, 64)),
        MeasuredSpecs.full().spec(new Target.TimeShare(0.5, "cpu", 1, 64)));
  }

  /** JSON pointers of all that is in a node. */
  private static List<String> places(JsonNode node, String path) {
    List<String> places = new ArrayList<>();
    if (node.isObject()) {
      node.properties().forEach(each -> add(places, each.getValue(), path + "/" + each.getKey()));
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      add(places, node.get(i), path + "/" + i);
    }
    return places;
  }

  private static void add(List<String> places, JsonNode node, String path) {
    places.add(path);
    places.addAll(places(node, path));
  }

  private static JsonNode replaced(JsonNode whole, String place, JsonNode value) {
    JsonPointer pointer = JsonPointer.compile(place);
    JsonNode copy = whole.deepCopy();
    JsonNode parent = copy.at(pointer.head());
    if (parent instanceof ArrayNode list) {
      list.set(pointer.last().getMatchingIndex(), value);
    } else {
      ((ObjectNode) parent).set(pointer.last().getMatchingProperty(), value);
    }
    return copy;
  }

  private static JsonNode removed(JsonNode whole, String place) {
    JsonPointer pointer = JsonPointer.compile(place);
    JsonNode copy = whole.deepCopy();
    JsonNode parent = copy.at(pointer.head());
    if (parent instanceof ArrayNode list) {
      list.remove(pointer.last().getMatchingIndex());
    } else {
      ((ObjectNode) parent).remove(pointer.last().getMatchingProperty());
    }
    return copy;
  }

  /** Paths of what a record does not have; none may be missing once it is read. */
  private static List<String> nulls(Object value, String path) throws ReflectiveOperationException {
    if (value == null) {
      return List.of(path);
    }
    List<String> nulls = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (Object each : list) {
        nulls.addAll(nulls(each, path + "[]"));
      }
    }
    for (RecordComponent each :
        value instanceof Record ? value.getClass().getRecordComponents() : new RecordComponent[0]) {
      each.getAccessor().setAccessible(true);
      nulls.addAll(nulls(each.getAccessor().invoke(value), path + "." + each.getName()));
    }
    return nulls;
  }

  private static RawValue raw(ByteString data) {
    return new RawValue(
        Payload.newBuilder()
            .putMetadata("encoding", ByteString.copyFromUtf8("json/plain"))
            .setData(data)
            .build());
  }
}
