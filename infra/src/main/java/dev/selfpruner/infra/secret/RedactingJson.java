package dev.selfpruner.infra.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;

/**
 * Logback's JSON, a line an event, without secrets. They are looked for in the values, not in the
 * line: there, a quotation mark or a line break in one would be written another way.
 */
final class RedactingJson extends JsonEncoder {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Secrets secrets;

  RedactingJson(Secrets secrets) {
    this.secrets = secrets;
    setWithSequenceNumber(false);
    setWithNanoseconds(false);
    setWithContext(false);
    setWithMessage(false); // what is written is the formatted one
    setWithArguments(false);
    setWithFormattedMessage(true);
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    try {
      JsonNode line = MAPPER.readTree(super.encode(event));
      return (MAPPER.writeValueAsString(redacted(line)) + "\n").getBytes(UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("logback wrote what is not JSON", e);
    } catch (IOException e) {
      throw new IllegalStateException("memory cannot be read", e);
    }
  }

  private JsonNode redacted(JsonNode node) {
    if (node.isTextual()) {
      return TextNode.valueOf(secrets.redact(node.textValue()));
    }
    if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, redacted(array.get(i)));
      }
    } else if (node instanceof ObjectNode object) {
      object.properties().forEach(field -> field.setValue(redacted(field.getValue())));
    }
    return node;
  }
}
