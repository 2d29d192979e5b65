package dev.selfpruner.gpu.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;

/** Names a model by its content. */
final class ContentAddress {
  private static final int CHUNK = 1 << 16;

  private ContentAddress() {}

  static String of(byte[] config, List<StoredTensor> tensors) {
    MessageDigest digest = Digests.newSha256();
    digest.update(Digests.sha256(config).getBytes(UTF_8));
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
    tensors.stream()
        .sorted(Comparator.comparing(StoredTensor::name))
        .forEach(tensor -> update(digest, tensor, buffer));
    return Digests.hex(digest.digest());
  }

  private static void update(MessageDigest digest, StoredTensor tensor, ByteBuffer buffer) {
    // The shape fixes how many bytes follow, so no two models give the same sequence.
    digest.update(
        "\n%s %s %s\n".formatted(tensor.name(), tensor.type(), tensor.shape()).getBytes(UTF_8));
    int step = CHUNK / tensor.type().bytes();
    for (long next = 0; next < tensor.elements(); next += step) {
      tensor.readRaw(next, (int) Math.min(step, tensor.elements() - next), buffer.clear());
      digest.update(buffer.flip());
    }
  }
}
