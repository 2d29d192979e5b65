package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/**
 * A blob's content, checked on the way: the end is only reached when length and digest match. Never
 * delivers more bytes than the reference names.
 */
final class VerifyingInputStream extends InputStream {
  private static final int DRAIN_BYTES = 1 << 16;

  private final InputStream content;
  private final ArtifactRef ref;
  private final MessageDigest digest = Digests.newSha256();
  private long count;
  private boolean verified;

  VerifyingInputStream(InputStream content, ArtifactRef ref) {
    this.content = content;
    this.ref = ref;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (verified) {
      return -1;
    }
    int read = content.read(bytes, offset, length);
    if (read >= 0) {
      count += read;
      digest.update(bytes, offset, read);
    }
    if (read < 0 || count > ref.bytes()) {
      verify();
      return -1;
    }
    return read;
  }

  @Override
  public int available() throws IOException {
    return content.available();
  }

  @Override
  public void close() throws IOException {
    content.close();
  }

  private void verify() throws IOException {
    byte[] buffer = new byte[DRAIN_BYTES];
    for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
      count += read;
      digest.update(buffer, 0, read);
    }
    String found = Digests.hex(digest.digest());
    if (count != ref.bytes() || !found.equals(ref.sha256())) {
      throw CorruptArtifactException.content(ref, found, count);
    }
    verified = true;
  }
}
