package dev.selfpruner.infra.payload;

import dev.selfpruner.activities.LoadedSecrets;
import dev.selfpruner.infra.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keys for what Temporal keeps: the first encrypts, and each decrypts what it once encrypted. */
public final class KeyRing {
  public static final String FILE_VARIABLE = "SELFPRUNER_PAYLOAD_KEY_FILE";
  public static final String KEYS_VARIABLE = "SELFPRUNER_PAYLOAD_KEYS";

  private final PayloadKey first;
  private final Map<String, PayloadKey> keys;
  private final String source;

  private KeyRing(PayloadKey first, Map<String, PayloadKey> keys, String source) {
    this.first = first;
    this.keys = keys;
    this.source = source;
  }

  /**
   * The keys that are asked for, if any are.
   *
   * @param file that the command line names; empty for none
   * @throws UserError if they can't be read, or the environment names them twice
   */
  public static Optional<KeyRing> find(String file, Map<String, String> environment) {
    if (!file.isBlank()) {
      return Optional.of(read(Path.of(file)));
    }
    String named = environment.getOrDefault(FILE_VARIABLE, "");
    String keys = environment.getOrDefault(KEYS_VARIABLE, "");
    if (!named.isBlank() && !keys.isBlank()) {
      throw new UserError(
          "%s and %s each give keys: set one of them".formatted(FILE_VARIABLE, KEYS_VARIABLE));
    }
    if (!named.isBlank()) {
      return Optional.of(read(Path.of(named)));
    }
    return keys.isBlank()
        ? Optional.empty()
        : Optional.of(parse(List.of(keys.split("[,\\n]", -1)), KEYS_VARIABLE));
  }

  private static KeyRing read(Path file) {
    try {
      return parse(Files.readAllLines(file), file.toString());
    } catch (IOException e) {
      throw new UserError(
          "no keys for payloads can be read in %s (%s): correct --payload-key-file or %s"
              .formatted(file, e.getClass().getSimpleName(), FILE_VARIABLE));
    }
  }

  /**
   * @param lines each the name of a key, a blank, and its 32 bytes in base64; empty ones and those
   *     that begin with {@code #} say nothing
   * @param source where they stand
   */
  static KeyRing parse(List<String> lines, String source) {
    Map<String, PayloadKey> keys = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split("\\s+", -1);
      try {
        if (words.length != 2) {
          throw new IllegalArgumentException("there are %d words".formatted(words.length));
        }
        PayloadKey key = PayloadKey.of(words[0], words[1]);
        LoadedSecrets.add(words[1]);
        if (keys.put(key.id(), key) != null) {
          throw new IllegalArgumentException("another key is called %s, too".formatted(key));
        }
      } catch (IllegalArgumentException e) {
        throw new UserError(
            "key %d of %s is not a name, a blank and 32 bytes in base64 (%s): openssl rand -base64 32 makes one"
                .formatted(i + 1, source, e.getMessage()));
      }
    }
    return keys.values().stream()
        .findFirst()
        .map(first -> new KeyRing(first, keys, source))
        .orElseThrow(() -> new UserError("there is no key in %s".formatted(source)));
  }

  /** The one that encrypts. */
  PayloadKey first() {
    return first;
  }

  /** Whether the key of this name is the one that encrypts. */
  public boolean isFirst(String id) {
    return first.id().equals(id);
  }

  Optional<PayloadKey> find(String id) {
    return Optional.ofNullable(keys.get(id));
  }

  /** Where the keys stand and what they are called, and nothing else of them. */
  @Override
  public String toString() {
    return "%s in %s".formatted(String.join(", ", keys.keySet()), source);
  }
}
