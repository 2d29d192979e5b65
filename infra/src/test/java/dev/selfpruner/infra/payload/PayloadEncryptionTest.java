package dev.selfpruner.infra.payload;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.secret.Secrets;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodecException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadEncryptionTest {
  private static final String OLD = "old " + base64(1, 32);
  private static final String NEW = "new " + base64(2, 32);
  private static final Payload PLAIN =
      Payload.newBuilder()
          .putMetadata("encoding", ByteString.copyFromUtf8("json/plain"))
          .setData(ByteString.copyFromUtf8("\"/models/secret\""))
          .build();

  @TempDir private Path folder;

  @Test
  void comesBackAsItWas() {
    PayloadEncryption codec = codec(OLD);
    Payload once = codec.encode(List.of(PLAIN)).get(0);
    assertThat(codec.decode(List.of(once))).containsExactly(PLAIN);
    assertThat(new String(once.toByteArray(), ISO_8859_1)).doesNotContain("secret", "json/plain");
    assertThat(once.getMetadataMap())
        .containsEntry("encoding", ByteString.copyFromUtf8("binary/encrypted"))
        .containsEntry("encryption-key-id", ByteString.copyFromUtf8("old"));
    assertThat(codec.encode(List.of(PLAIN)).get(0).getData())
        .as("a nonce is used once")
        .isNotEqualTo(once.getData());
    assertThat(codec.decode(List.of(PLAIN))).as("never encrypted").containsExactly(PLAIN);
  }

  @Test
  void theFirstKeyEncryptsAndAllDecrypt() {
    List<Payload> before = codec(OLD).encode(List.of(PLAIN));
    PayloadEncryption rotated = codec(NEW, OLD);
    assertThat(rotated.decode(before)).containsExactly(PLAIN);
    List<Payload> after = rotated.encode(List.of(PLAIN));
    assertThat(after.get(0).getMetadataOrThrow("encryption-key-id").toStringUtf8())
        .isEqualTo("new");
    assertThat(codec(NEW).decode(after)).containsExactly(PLAIN);
  }

  @Test
  void thePayloadSaysWhichKeyItNeeds() {
    Payload sealed = codec(OLD).encode(List.of(PLAIN)).get(0);
    assertThat(PayloadEncryption.keyOf(sealed)).contains("old");
    assertThat(PayloadEncryption.keyOf(PLAIN)).isEmpty();
    Payload hostile =
        sealed.toBuilder()
            .putMetadata("encryption-key-id", ByteString.copyFromUtf8("\u001b[2J old"))
            .build();
    assertThat(PayloadEncryption.keyOf(hostile)).contains("of a name that none has");
  }

  @Test
  void anUnknownKeyIsNamed() {
    List<Payload> sealed = codec(NEW).encode(List.of(PLAIN));
    assertThatThrownBy(() -> codec(OLD).decode(sealed))
        .isInstanceOf(PayloadCodecException.class)
        .hasMessageStartingWith("a payload is encrypted with key new, and there are old in a test")
        .message()
        .doesNotContain(OLD.substring(4), NEW.substring(4));
    Payload odd =
        sealed.get(0).toBuilder()
            .putMetadata("encryption-key-id", ByteString.copyFromUtf8("\u001b[2J"))
            .build();
    assertThatThrownBy(() -> codec(NEW).decode(List.of(odd)))
        .hasMessageContaining("with key of a name that none has");
  }

  @Test
  void aChangedPayloadDoesNotOpen() {
    PayloadEncryption codec = codec(NEW, OLD);
    Payload sealed = codec.encode(List.of(PLAIN)).get(0);
    byte[] data = sealed.getData().toByteArray();
    for (int i = 0; i < data.length; i++) {
      byte[] changed = data.clone();
      changed[i] ^= 1;
      assertDamaged(codec, sealed.toBuilder().setData(ByteString.copyFrom(changed)).build());
    }
    assertDamaged(codec, sealed.toBuilder().setData(sealed.getData().substring(0, 20)).build());
    assertDamaged(
        codec,
        sealed.toBuilder()
            .putMetadata("encryption-key-id", ByteString.copyFromUtf8("old"))
            .build());
    assertDamaged(codec("new " + base64(3, 32)), sealed);
    PayloadEncryption renamed = codec("other " + base64(2, 32));
    assertDamaged(
        renamed,
        sealed.toBuilder()
            .putMetadata("encryption-key-id", ByteString.copyFromUtf8("other"))
            .build());
  }

  @Test
  void readsKeysFromAFileOrTheEnvironment() throws IOException {
    Path file =
        Files.writeString(folder.resolve("keys"), "# rotated\n\n" + NEW + "\n" + OLD + "\n");
    assertThat(KeyRing.find(file.toString(), Map.of()))
        .hasToString("Optional[new, old in %s]".formatted(file));
    assertThat(Secrets.ofThisProcess().redact("lines " + NEW + ", " + OLD))
        .as("in a log")
        .isEqualTo("lines new •••, old •••");
    assertThat(KeyRing.find("", Map.of("SELFPRUNER_PAYLOAD_KEY_FILE", file.toString())))
        .hasToString("Optional[new, old in %s]".formatted(file));
    assertThat(KeyRing.find("", Map.of("SELFPRUNER_PAYLOAD_KEYS", OLD + "," + NEW)))
        .hasToString("Optional[old, new in SELFPRUNER_PAYLOAD_KEYS]");
    assertThat(KeyRing.find("", Map.of())).isEmpty();
    assertThatThrownBy(
            () ->
                KeyRing.find(
                    "", Map.of("SELFPRUNER_PAYLOAD_KEY_FILE", "x", "SELFPRUNER_PAYLOAD_KEYS", OLD)))
        .hasMessageContaining("set one of them");
  }

  @Test
  void refusesWhatIsNoKeyWithoutRepeatingIt() {
    assertRefused("short " + base64(1, 16), "16 bytes");
    assertRefused(base64(1, 32), "1 words");
    assertRefused("odd %%%" + base64(1, 32), "not base64");
    assertRefused("na/me " + base64(1, 32), "letters, digits");
    assertRefused("# nothing", "there is no key in a test");
    assertThatThrownBy(() -> codec(OLD, "old " + base64(9, 32)))
        .hasMessageContaining("another key is called old");
  }

  private static void assertRefused(String line, String why) {
    assertThatThrownBy(() -> codec(line))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .message()
        .doesNotContain(base64(1, 16).substring(0, 12));
  }

  private static void assertDamaged(PayloadEncryption codec, Payload payload) {
    assertThatThrownBy(() -> codec.decode(List.of(payload)))
        .isInstanceOf(PayloadCodecException.class)
        .hasMessageContaining("doesn't open with it");
  }

  private static PayloadEncryption codec(String... lines) {
    return new PayloadEncryption(KeyRing.parse(List.of(lines), "a test"));
  }

  private static String base64(int each, int bytes) {
    byte[] key = new byte[bytes];
    java.util.Arrays.fill(key, (byte) each);
    return Base64.getEncoder().encodeToString(key);
  }
}
