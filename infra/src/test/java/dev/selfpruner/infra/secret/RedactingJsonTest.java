package dev.selfpruner.infra.secret;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.activities.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RedactingJsonTest {
  /** JSON writes the quotation mark and the backslash another way. */
  private static final String KEY = "a\"key\\0123456789";

  @Test
  void writesALineWithoutSecretsWhereverTheyAre() {
    LoggerContext context = new LoggerContext();
    RedactingJson encoder = new RedactingJson(Secrets.from(Map.of("OPENAI_API_KEY", KEY)));
    encoder.setContext(context);
    encoder.start();
    LoggingEvent event =
        new LoggingEvent(
            "",
            context.getLogger("a.Logger"),
            Level.WARN,
            "refused {}",
            new IllegalStateException("because of " + KEY),
            new Object[] {KEY});
    event.setMDCPropertyMap(Map.of("candidate", "i1-m2", "search", KEY));

    String line = new String(encoder.encode(event), UTF_8);

    assertThat(line).endsWith("}\n").hasLineCount(1).doesNotContain("0123456789");
    JsonNode json = Json.read(line, JsonNode.class);
    assertThat(json.path("formattedMessage").asText()).isEqualTo("refused •••");
    assertThat(json.path("level").asText()).isEqualTo("WARN");
    assertThat(json.path("mdc").path("candidate").asText()).isEqualTo("i1-m2");
    assertThat(json.path("mdc").path("search").asText()).isEqualTo("•••");
    assertThat(json.path("throwable").path("message").asText()).isEqualTo("because of •••");
  }
}
