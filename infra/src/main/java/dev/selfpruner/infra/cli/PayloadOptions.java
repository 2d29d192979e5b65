package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.connection.TemporalClients;
import dev.selfpruner.infra.payload.KeyRing;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whether Temporal can read what it keeps. */
final class PayloadOptions {
  @Option(
      names = "--payload-key-file",
      paramLabel = "FILE",
      description =
          "Encrypt what Temporal keeps with the first key of this file, of lines 'NAME BASE64'; all of them decrypt (default: SELFPRUNER_PAYLOAD_KEY_FILE, or the keys in SELFPRUNER_PAYLOAD_KEYS).")
  private String file = "";

  /**
   * The keys that are asked for, if any are.
   *
   * @throws UserError if they can't be read
   */
  Optional<KeyRing> keys(Map<String, String> environment) {
    return KeyRing.find(file, environment);
  }

  /**
   * What makes clients.
   *
   * @throws UserError if keys are asked for and can't be read
   */
  TemporalClients clients(Map<String, String> environment) {
    return keys(environment).map(TemporalClients::encrypting).orElseGet(TemporalClients::plain);
  }
}
