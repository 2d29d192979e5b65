package dev.selfpruner.workflows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.InjectedCandidate;
import io.temporal.common.converter.RawValue;
import java.io.IOException;
import java.util.Optional;

/**
 * What an update is given: one value of JSON that a person types into Temporal's web interface, or
 * the arguments of a client. A validator asks for what is {@code checked}, which names the field
 * that is wrong. What it let pass, or an earlier version did, is in the history and is read without
 * another check than the records' own, so that a search under way never fails over it: a record
 * that becomes stricter would.
 */
final class UpdateInput {
  private static final String WORDS =
      "give \"a reason\", {\"reason\": \"a reason\", \"by\": \"a name\"}, or nothing";

  private UpdateInput() {}

  /**
   * Why, and who says so; in one line each, empty where nobody says.
   *
   * @param reason null means none
   * @param by null means nobody
   */
  record Words(String reason, String by) {
    Words {
      reason = oneLine(reason);
      by = oneLine(by);
    }

    private static String oneLine(String given) {
      return Optional.ofNullable(given).orElse("").strip().replaceAll("\\s+", " ");
    }
  }

  /**
   * Text, or an object, and maybe a name beside it.
   *
   * @throws IllegalArgumentException that names the field, if they are something else
   */
  static Words checkedWords(RawValue reason, RawValue by) {
    JsonNode given = once(reason);
    if (given instanceof ObjectNode object) {
      requireFields(object, Words.class);
    } else {
      requireText("reason", given);
    }
    requireText("by", json(by));
    return words(reason, by);
  }

  static Words words(RawValue reason, RawValue by) {
    JsonNode given = json(reason);
    String name = text(json(by));
    return given.isObject()
        ? new Words(
            text(given.path("reason")), given.hasNonNull("by") ? text(given.get("by")) : name)
        : new Words(text(given), name);
  }

  /**
   * An object, or nothing, which adds nothing.
   *
   * @throws IllegalArgumentException that names the field, if it is something else
   */
  static Extension checkedExtension(RawValue more) {
    JsonNode given = once(more);
    if (!isNothing(given)) {
      requireFields(object(given, "{\"iterations\": 10}"), Extension.class);
    }
    return extension(more);
  }

  static Extension extension(RawValue more) {
    return isNothing(json(more)) ? Extension.NOTHING : read(more, Extension.class);
  }

  /**
   * An object.
   *
   * @throws IllegalArgumentException that names the field, if it is something else
   */
  static InjectedCandidate checkedCandidate(RawValue given) {
    requireFields(object(once(given), "{\"rates\": [0.2, 0.4]}"), InjectedCandidate.class);
    return candidate(given);
  }

  static InjectedCandidate candidate(RawValue given) {
    return read(given, InjectedCandidate.class);
  }

  /** Runs a validator. The web interface shows a refusal with its stack trace, if it has one. */
  static void check(Runnable validator) {
    try {
      validator.run();
    } catch (IllegalArgumentException | IllegalStateException e) {
      e.setStackTrace(new StackTraceElement[0]);
      throw e;
    }
  }

  /** With each field at most once. */
  private static JsonNode once(RawValue given) {
    return json(given, SpecFields::tree);
  }

  private static JsonNode json(RawValue given) {
    return json(given, Json.mapper()::readTree);
  }

  /** What reads JSON. */
  @FunctionalInterface
  private interface Parser {
    JsonNode parse(byte[] json) throws IOException;
  }

  private static JsonNode json(RawValue given, Parser parser) {
    if (given == null || given.getPayload().getData().isEmpty()) {
      return MissingNode.getInstance();
    }
    try {
      return parser.parse(given.getPayload().getData().toByteArray());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "the input is not JSON: %s; text is given in quotes".formatted(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new IllegalArgumentException("the input cannot be read: " + e.getMessage());
    }
  }

  private static boolean isNothing(JsonNode given) {
    return given.isMissingNode() || given.isNull();
  }

  private static String text(JsonNode given) {
    return isNothing(given) ? "" : given.asText();
  }

  private static void requireText(String field, JsonNode given) {
    if (!isNothing(given) && !given.isTextual()) {
      throw new IllegalArgumentException(
          "%s: %s is not text in quotes: %s".formatted(field, SpecFields.shortened(given), WORDS));
    }
  }

  private static ObjectNode object(JsonNode node, String example) {
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new IllegalArgumentException(
        "the input is not a JSON object but %s: give one such as %s"
            .formatted(SpecFields.shortened(node), example));
  }

  private static void requireFields(ObjectNode given, Class<? extends Record> kind) {
    SpecFields.mistake(given, kind)
        .ifPresent(
            mistake -> {
              throw new IllegalArgumentException(mistake);
            });
  }

  private static <T extends Record> T read(RawValue given, Class<T> kind) {
    try {
      return SpecFields.read(json(given), kind);
    } catch (IOException e) {
      throw new IllegalArgumentException(Mistakes.of(e)); // clients show the innermost cause
    }
  }
}
