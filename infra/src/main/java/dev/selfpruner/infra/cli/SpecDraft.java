package dev.selfpruner.infra.cli;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.workflows.SearchSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A search spec in the making: what a file says, what options say over it, and defaults for the
 * rest. Values are named by JSON pointers into the spec ({@code /searchText/windows}).
 */
final class SpecDraft {
  private final ObjectNode tree;
  private final String origin;

  private SpecDraft(ObjectNode tree, String origin) {
    this.tree = tree;
    this.origin = origin;
  }

  static SpecDraft empty() {
    return new SpecDraft(Json.mapper().createObjectNode(), "the search");
  }

  /**
   * A draft that begins with what was read.
   *
   * @param origin of it, for messages
   * @throws UserError if it is not a JSON object
   */
  static SpecDraft of(JsonNode read, String origin) {
    if (read instanceof ObjectNode object) {
      return new SpecDraft(object.deepCopy(), origin);
    }
    throw new UserError("%s is not a JSON object: give a search spec".formatted(origin));
  }

  /**
   * @throws UserError if the file is not a JSON object
   */
  static SpecDraft read(Path file) {
    try {
      return of(Json.mapper().readTree(Files.readString(file)), file.toString());
    } catch (JsonProcessingException e) {
      throw new UserError(
          "%s is not JSON (%s): correct it, or leave --spec out"
              .formatted(file, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new UserError("cannot read %s: correct --spec".formatted(file), e);
    }
  }

  Optional<JsonNode> get(String pointer) {
    JsonNode node = tree.at(pointer);
    return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(node);
  }

  Optional<String> text(String pointer) {
    return get(pointer).map(JsonNode::asText);
  }

  /** The whole number at {@code pointer}, which has a value by now. */
  int number(String pointer) {
    JsonNode node = get(pointer).orElseThrow(() -> missing(pointer));
    if (!node.canConvertToInt() || !node.isIntegralNumber()) {
      throw new UserError(
          "%s: %s is not a whole number: %s".formatted(origin, pointer.substring(1), node));
    }
    return node.intValue();
  }

  /** The number at {@code pointer}, which has a value by now. */
  double decimal(String pointer) {
    JsonNode node = get(pointer).orElseThrow(() -> missing(pointer));
    if (!node.isNumber()) {
      throw new UserError(
          "%s: %s is not a number: %s".formatted(origin, pointer.substring(1), node));
    }
    return node.doubleValue();
  }

  /**
   * The value at {@code pointer}, if there is one.
   *
   * @throws UserError if it is no such value
   */
  <T> Optional<T> value(String pointer, Class<T> type) {
    return get(pointer).map(node -> convert(pointer, node, type));
  }

  private <T> T convert(String pointer, JsonNode node, Class<T> type) {
    try {
      return Json.mapper().treeToValue(node, type);
    } catch (JsonProcessingException e) {
      throw new UserError(
          "%s: %s: %s".formatted(origin, pointer.substring(1), e.getOriginalMessage()), e);
    }
  }

  void set(String pointer, Object value) {
    JsonPointer parsed = JsonPointer.compile(pointer);
    JsonPointer parent = parsed.head();
    ObjectNode object = parent.matches() ? tree : tree.withObject(parent);
    object.set(parsed.last().getMatchingProperty(), Json.mapper().valueToTree(value));
  }

  /** Sets what an option said; picocli leaves null where it was not given. */
  void option(String pointer, Object value) {
    if (value != null) {
      set(pointer, value instanceof Path path ? path.toString() : value);
    }
  }

  void setDefault(String pointer, Object value) {
    if (get(pointer).isEmpty()) {
      set(pointer, value);
    }
  }

  /**
   * @throws UserError if a value is missing, unknown or out of its range
   */
  SearchSpec complete() {
    try {
      return Json.mapper().treeToValue(tree, SearchSpec.class);
    } catch (JsonProcessingException e) {
      Throwable cause = e.getCause() instanceof IllegalArgumentException ? e.getCause() : e;
      String message =
          cause instanceof JsonProcessingException json
              ? json.getOriginalMessage()
              : cause.getMessage();
      throw new UserError("%s: %s".formatted(origin, message), e);
    }
  }

  UserError missing(String pointer) {
    return new UserError("%s: %s is missing".formatted(origin, pointer.substring(1)));
  }
}
