package dev.selfpruner.gpu.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.selfpruner.gpu.ModelFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** An object of a JSON file that a stranger wrote; every complaint names the file and the key. */
final class ConfigFile {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;
  private final String prefix;
  private final JsonNode object;

  private ConfigFile(Path file, String prefix, JsonNode object) {
    this.file = file;
    this.prefix = prefix;
    this.object = object;
  }

  static ConfigFile read(Path file, long mostBytes) {
    try {
      if (Files.size(file) > mostBytes) {
        throw new ModelFormatException(
            file,
            "it has %,d bytes, more than the %,d that such a file may have"
                .formatted(Files.size(file), mostBytes),
            "check that this is the right file");
      }
      JsonNode root = MAPPER.readTree(Files.readAllBytes(file));
      if (!root.isObject()) {
        throw new ModelFormatException(file, "it is not a JSON object", "download it again");
      }
      return new ConfigFile(file, "", root);
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(
          file, "it is not valid JSON (" + e.getOriginalMessage() + ")", "download it again");
    } catch (NoSuchFileException e) {
      throw new ModelFormatException(
          file, "there is no such file", "give the directory of a Hugging Face model");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  Path file() {
    return file;
  }

  JsonNode object() {
    return object;
  }

  /** Whether the key has a value that isn't null. */
  boolean has(String key) {
    return object.hasNonNull(key);
  }

  int integer(String key, int otherwise) {
    return has(key) ? requireInteger(key) : otherwise;
  }

  int requireInteger(String key) {
    JsonNode value = require(key);
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw error(key, "is %s, not a 32-bit integer".formatted(shown(value)), "correct it");
    }
    return value.intValue();
  }

  double number(String key, double otherwise) {
    return has(key) ? requireNumber(key) : otherwise;
  }

  double requireNumber(String key) {
    JsonNode value = require(key);
    if (!value.isNumber()) {
      throw error(key, "is %s, not a number".formatted(shown(value)), "correct it");
    }
    return value.doubleValue();
  }

  boolean flag(String key) {
    if (!has(key)) {
      return false;
    }
    JsonNode value = object.get(key);
    if (!value.isBoolean()) {
      throw error(key, "is %s, not true or false".formatted(shown(value)), "correct it");
    }
    return value.booleanValue();
  }

  Optional<String> text(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    JsonNode value = object.get(key);
    if (!value.isTextual()) {
      throw error(key, "is %s, not a text".formatted(shown(value)), "correct it");
    }
    return Optional.of(value.textValue());
  }

  Optional<ConfigFile> object(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    return Optional.of(nested(key, object.get(key)));
  }

  /** The element of an array that is under {@code key}, which has to be an object. */
  ConfigFile element(String key, int index) {
    return nested(key + "[" + index + "]", object.get(key).get(index));
  }

  JsonNode requireArray(String key, int mostElements) {
    JsonNode value = require(key);
    if (!value.isArray() || value.isEmpty() || value.size() > mostElements) {
      throw error(
          key, "is not a list of 1 to %,d elements".formatted(mostElements), "download it again");
    }
    return value;
  }

  ModelFormatException error(String key, String problem, String remedy) {
    return new ModelFormatException("key " + prefix + key, file, problem, remedy);
  }

  private JsonNode require(String key) {
    if (!has(key)) {
      throw error(key, "it is missing", "download it again");
    }
    return object.get(key);
  }

  private ConfigFile nested(String key, JsonNode value) {
    if (!value.isObject()) {
      throw error(key, "is %s, not an object".formatted(shown(value)), "correct it");
    }
    return new ConfigFile(file, prefix + key + ".", value);
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() > 80 ? text.substring(0, 80) + "..." : text;
  }
}
