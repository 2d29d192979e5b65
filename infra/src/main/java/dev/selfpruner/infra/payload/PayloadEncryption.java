package dev.selfpruner.infra.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodec;
import io.temporal.payload.codec.PayloadCodecException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Encrypts payloads whole, their metadata too, with AES-256 in Galois/counter mode (NIST SP
 * 800-38D). The data is a nonce of 12 random bytes, what is encrypted, and a tag of 16 bytes, which
 * also covers the payload's encoding and the key's name. Payloads that nobody encrypted are passed
 * on, so that what began without keys can be read and go on.
 */
public final class PayloadEncryption implements PayloadCodec {
  static final String ENCODING = "binary/encrypted";
  static final String ENCODING_FIELD = "encoding";
  static final String KEY_FIELD = "encryption-key-id";

  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final KeyRing keys;
  private final SecureRandom random = new SecureRandom();

  public PayloadEncryption(KeyRing keys) {
    this.keys = keys;
  }

  @Override
  public List<Payload> encode(List<Payload> payloads) {
    return payloads.stream().map(this::encrypt).toList();
  }

  @Override
  public List<Payload> decode(List<Payload> payloads) {
    return payloads.stream().map(this::decrypt).toList();
  }

  /** Name of the key that a payload is encrypted with; empty if it is in the clear. */
  public static Optional<String> keyOf(Payload payload) {
    return field(payload, ENCODING_FIELD).equals(ENCODING)
        ? Optional.of(named(field(payload, KEY_FIELD)))
        : Optional.empty();
  }

  private Payload encrypt(Payload payload) {
    PayloadKey key = keys.first();
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce).doFinal(payload.toByteArray());
      return Payload.newBuilder()
          .putMetadata(ENCODING_FIELD, ByteString.copyFromUtf8(ENCODING))
          .putMetadata(KEY_FIELD, ByteString.copyFromUtf8(key.id()))
          .setData(ByteString.copyFrom(nonce).concat(ByteString.copyFrom(sealed)))
          .build();
    } catch (GeneralSecurityException e) {
      throw new PayloadCodecException(
          "cannot encrypt a payload with key %s: %s".formatted(key, e.getMessage()), e);
    }
  }

  private Payload decrypt(Payload payload) {
    if (!field(payload, ENCODING_FIELD).equals(ENCODING)) {
      return payload;
    }
    PayloadKey key = key(field(payload, KEY_FIELD));
    ByteBuffer data = payload.getData().asReadOnlyByteBuffer();
    if (data.remaining() < NONCE_BYTES + TAG_BITS / Byte.SIZE) {
      throw damaged(key);
    }
    byte[] nonce = new byte[NONCE_BYTES];
    data.get(nonce);
    byte[] sealed = new byte[data.remaining()];
    data.get(sealed);
    try {
      return Payload.parseFrom(cipher(Cipher.DECRYPT_MODE, key, nonce).doFinal(sealed));
    } catch (AEADBadTagException | InvalidProtocolBufferException e) {
      throw damaged(key);
    } catch (GeneralSecurityException e) {
      throw new PayloadCodecException(
          "cannot decrypt a payload with key %s: %s".formatted(key, e.getMessage()), e);
    }
  }

  /** The name comes from a server: what has not the form of one is not repeated. */
  private static String named(String id) {
    return PayloadKey.ID.matcher(id).matches() ? id : "of a name that none has";
  }

  private PayloadKey key(String id) {
    return keys.find(id)
        .orElseThrow(
            () ->
                new PayloadCodecException(
                    "a payload is encrypted with key %s, and there are %s: add that key behind the first (--payload-key-file, %s or %s)"
                        .formatted(named(id), keys, KeyRing.FILE_VARIABLE, KeyRing.KEYS_VARIABLE)));
  }

  private static PayloadCodecException damaged(PayloadKey key) {
    return new PayloadCodecException(
        "a payload says that key %s encrypted it, and doesn't open with it: it was changed, or another key has that name elsewhere"
            .formatted(key));
  }

  private static Cipher cipher(int mode, PayloadKey key, byte[] nonce)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key.key(), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD((ENCODING + '\n' + key.id()).getBytes(UTF_8)); // neither has an end of line
    return cipher;
  }

  private static String field(Payload payload, String name) {
    return payload.getMetadataOrDefault(name, ByteString.EMPTY).toStringUtf8();
  }
}
