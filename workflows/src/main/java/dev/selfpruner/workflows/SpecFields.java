package dev.selfpruner.workflows;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import io.temporal.common.converter.RawValue;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names and kinds of a record's fields, above all of a spec's that is not complete: what has a name
 * that the record does not have, or is of another kind, is a mistake before anything is filled in.
 */
final class SpecFields {
  /** Without one of these, a spec has to be completed; the others have a meaning where missing. */
  static final List<String> WHOLE =
      List.of(
          "model",
          "sparsity",
          "evolution",
          "generator",
          "seed",
          "calibrationText",
          "searchText",
          "testText",
          "keepImproved",
          "run");

  /** As the SDK, which read the inputs of earlier versions: what is missing is null, or 0. */
  private static final ObjectReader READER =
      Json.mapper()
          .reader()
          .without(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

  private static final int LONGEST_VALUE = 60;

  private SpecFields() {}

  /**
   * The JSON that an input is; one that says two things of a field is none.
   *
   * @throws JsonProcessingException if it is none
   */
  static JsonNode tree(byte[] input) throws IOException {
    return Json.mapper()
        .reader()
        .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
        .readTree(input);
  }

  /**
   * The object that a workflow is started with.
   *
   * @param input null is none
   * @throws IOException that says what to give, if it is none
   */
  static ObjectNode object(RawValue input, String example) throws IOException {
    if (input == null) {
      throw new IOException("there is no input: give a JSON object such as " + example);
    }
    JsonNode read;
    try {
      read = tree(input.getPayload().getData().toByteArray());
    } catch (JsonProcessingException e) {
      throw new IOException(
          "the input is not JSON (%s): give an object such as %s"
              .formatted(e.getOriginalMessage(), example),
          e);
    }
    if (read instanceof ObjectNode object) {
      return object;
    }
    throw new IOException(
        "the input is not a JSON object but %s: give one such as %s"
            .formatted(shortened(read), example));
  }

  /** The first mistake, after the name of its field. */
  static Optional<String> mistake(ObjectNode spec) {
    Map<String, Type> known = components(SearchSpec.class);
    known.put("demo", boolean.class);
    known.put("preset", String.class);
    return inObject(spec, known, "");
  }

  /** The first mistake in what is to be such a record, after the name of its field. */
  static Optional<String> mistake(ObjectNode node, Class<? extends Record> kind) {
    return inObject(node, components(kind), "");
  }

  /** Reads a record, maybe of an earlier version; its fields are not checked. */
  static <T> T read(JsonNode node, Class<T> kind) throws IOException {
    return READER.forType(kind).readValue(node);
  }

  static String shortened(JsonNode value) {
    String text = value.isMissingNode() ? "nothing" : value.toString();
    return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE) + "...";
  }

  private static Optional<String> inObject(JsonNode node, Map<String, Type> known, String path) {
    return node.properties().stream()
        .map(
            field -> {
              String name = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
              Type type = known.get(field.getKey());
              return type == null
                  ? Optional.of(
                      "%s: there is no such field; there are %s"
                          .formatted(name, String.join(", ", known.keySet())))
                  : inValue(field.getValue(), type, name);
            })
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> inValue(JsonNode node, Type type, String path) {
    if (node.isNull()) {
      return Optional.empty(); // as if it were missing
    }
    if (type instanceof ParameterizedType list) {
      return node.isArray()
          ? inList(node, list.getActualTypeArguments()[0], path)
          : Optional.of(isNot(node, path, "a list"));
    }
    Class<?> kind = (Class<?>) type;
    if (kind.isRecord() || kind.isSealed()) {
      return node.isObject()
          ? inRecord(node, kind, path)
          : Optional.of(isNot(node, path, "an object"));
    }
    return isOf(node, kind) ? Optional.empty() : Optional.of(isNot(node, path, words(kind)));
  }

  private static Optional<String> inList(JsonNode list, Type type, String path) {
    for (int i = 0; i < list.size(); i++) {
      String name = "%s[%d]".formatted(path, i);
      Optional<String> mistake =
          list.get(i).isNull()
              ? Optional.of(isNot(list.get(i), name, "a value"))
              : inValue(list.get(i), type, name);
      if (mistake.isPresent()) {
        return mistake;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> inRecord(JsonNode node, Class<?> kind, String path) {
    if (kind.isRecord()) {
      return inObject(node, components(kind), path);
    }
    Class<?> named = named(kind);
    String property = named.getAnnotation(JsonTypeInfo.class).property();
    String type = node.path(property).asText();
    List<String> names = new ArrayList<>();
    for (JsonSubTypes.Type known : named.getAnnotation(JsonSubTypes.class).value()) {
      if (!kind.isAssignableFrom(known.value())) {
        continue; // another branch of the same tree
      }
      names.add(known.name());
      if (known.name().equals(type)) {
        Map<String, Type> fields = components(known.value());
        fields.put(property, String.class);
        return inObject(node, fields, path);
      }
    }
    return Optional.of(
        isNot(node.path(property), path + "." + property, "one of " + String.join(", ", names)));
  }

  /** The interface that names a sealed one's records: itself, or the one that it is a part of. */
  private static Class<?> named(Class<?> kind) {
    return kind.isAnnotationPresent(JsonTypeInfo.class) ? kind : named(kind.getInterfaces()[0]);
  }

  private static Map<String, Type> components(Class<?> kind) {
    Map<String, Type> components = new LinkedHashMap<>();
    for (RecordComponent each : kind.getRecordComponents()) {
      components.put(each.getName(), each.getGenericType());
    }
    return components;
  }

  private static boolean isOf(JsonNode node, Class<?> kind) {
    if (kind == boolean.class || kind == Boolean.class) {
      return node.isBoolean();
    }
    if (kind == double.class || kind == Double.class) {
      return node.isNumber() && Double.isFinite(node.asDouble()); // 1e400 is none
    }
    if (kind == int.class || kind == Integer.class) {
      return node.isIntegralNumber() && node.canConvertToInt();
    }
    if (kind == long.class || kind == Long.class) {
      return node.isIntegralNumber() && node.canConvertToLong();
    }
    return node.isTextual() && (!kind.isEnum() || names(kind).contains(node.asText()));
  }

  private static String words(Class<?> kind) {
    if (kind == boolean.class || kind == Boolean.class) {
      return "true or false";
    }
    if (kind == double.class || kind == Double.class) {
      return "a number";
    }
    if (kind == String.class) {
      return "text in quotes";
    }
    return kind.isEnum() ? "one of " + String.join(", ", names(kind)) : "a whole number";
  }

  private static List<String> names(Class<?> kind) {
    return Arrays.stream(kind.getEnumConstants())
        .map(each -> Json.mapper().convertValue(each, String.class))
        .toList();
  }

  private static String isNot(JsonNode node, String path, String wanted) {
    return "%s: %s is not %s".formatted(path, shortened(node), wanted);
  }
}
