package dev.selfpruner.gpu.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.selfpruner.gpu.ModelFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A file's header as parsed, before its offsets are checked against the file. */
record Header(Map<String, Layout> tensors, Map<String, String> metadata) {
  static final String METADATA = "__metadata__";

  /** More than any tensor of a language model has; keeps a lying header's lists short. */
  private static final int MOST_DIMENSIONS = 32;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  Header {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Map.copyOf(metadata);
  }

  static Header parse(byte[] json, Path file) throws IOException {
    if (json.length == 0 || json[0] != '{') {
      throw damaged(file, "its header does not begin with {");
    }
    InputStreamReader text =
        new InputStreamReader(
            new ByteArrayInputStream(json),
            UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
    try (JsonParser parser = JSON.createParser(text)) {
      return new Reader(parser, file).header();
    } catch (JsonProcessingException e) {
      throw damaged(file, "its header is not valid JSON (" + e.getOriginalMessage() + ")");
    } catch (CharacterCodingException e) {
      throw damaged(file, "its header is not valid UTF-8");
    }
  }

  private static ModelFormatException damaged(Path file, String problem) {
    return new ModelFormatException(
        file, problem, "not a safetensors file, or a damaged one: download or convert it again");
  }

  private record Reader(JsonParser parser, Path file) {

    Header header() throws IOException {
      Map<String, Layout> tensors = new LinkedHashMap<>();
      Map<String, String> metadata = new LinkedHashMap<>();
      require(parser.nextToken(), JsonToken.START_OBJECT, "the header");
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        if (name.equals(METADATA)) {
          readMetadata(metadata);
        } else {
          tensors.put(name, layout(name));
        }
      }
      if (parser.nextToken() != null) {
        throw damaged(file, "its header goes on after its closing }");
      }
      return new Header(tensors, metadata);
    }

    private void readMetadata(Map<String, String> metadata) throws IOException {
      require(parser.nextToken(), JsonToken.START_OBJECT, METADATA);
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        require(parser.nextToken(), JsonToken.VALUE_STRING, METADATA + "." + key);
        metadata.put(key, parser.getText());
      }
    }

    private Layout layout(String name) throws IOException {
      String tensor = "tensor " + name;
      String dtype = "";
      List<Long> shape = List.of();
      List<Long> offsets = List.of();
      boolean shapeSeen = false;
      require(parser.nextToken(), JsonToken.START_OBJECT, tensor);
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        parser.nextToken();
        switch (key) {
          case "dtype" -> {
            require(parser.currentToken(), JsonToken.VALUE_STRING, tensor + ": dtype");
            dtype = parser.getText();
          }
          case "shape" -> {
            shape = sizes(tensor + ": shape");
            shapeSeen = true;
          }
          case "data_offsets" -> offsets = sizes(tensor + ": data_offsets");
          default -> parser.skipChildren();
        }
      }
      if (!shapeSeen || offsets.size() != 2) {
        throw damaged(file, "its header gives %s no shape or no two offsets".formatted(tensor));
      }
      if (!ElementSizes.known(dtype)) {
        throw new ModelFormatException(
            tensor, file, "element type '%s' is unknown".formatted(dtype), "convert it to F16");
      }
      return new Layout(name, dtype, shape, offsets.get(0), offsets.get(1));
    }

    private List<Long> sizes(String what) throws IOException {
      require(parser.currentToken(), JsonToken.START_ARRAY, what);
      List<Long> sizes = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        require(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, what);
        JsonParser.NumberType type = parser.getNumberType();
        boolean fits = type == JsonParser.NumberType.INT || type == JsonParser.NumberType.LONG;
        if (!fits || parser.getLongValue() < 0 || sizes.size() == MOST_DIMENSIONS) {
          throw damaged(
              file,
              "its header gives %s the value %s, not a short list of counts"
                  .formatted(what, fits ? parser.getText() : "of a number beyond 64 bits"));
        }
        sizes.add(parser.getLongValue());
      }
      return List.copyOf(sizes);
    }

    private void require(JsonToken found, JsonToken expected, String what) {
      if (found != expected) {
        throw damaged(file, "its header has %s where %s should be".formatted(found, what));
      }
    }
  }
}
