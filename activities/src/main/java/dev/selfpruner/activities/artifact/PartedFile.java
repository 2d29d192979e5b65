package dev.selfpruner.activities.artifact;

import static java.nio.file.StandardOpenOption.READ;

import dev.selfpruner.activities.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A file to upload, read once: what is sent later is checked against these digests by the server,
 * so that a file which changes meanwhile is noticed.
 *
 * @param file the file
 * @param bytes its length
 * @param sha256 digest of the whole, in hexadecimal
 * @param partBytes length of all parts but the last
 * @param partChecksums digest of each part, as S3 writes them (Base64); one part if it is empty
 */
record PartedFile(
    Path file, long bytes, String sha256, long partBytes, List<String> partChecksums) {
  private static final int BUFFER_BYTES = 1 << 16;

  PartedFile {
    partChecksums = List.copyOf(partChecksums);
  }

  /**
   * Reads a file in parts of {@code partBytes}, or larger ones where S3 allows no more of them.
   *
   * @throws IllegalArgumentException if the file is larger than an object can be
   */
  static PartedFile read(Path file, long partBytes) throws IOException {
    long size = PartSize.of(Files.size(file), partBytes);
    MessageDigest whole = Digests.newSha256();
    List<String> checksums = new ArrayList<>();
    long bytes = 0;
    try (InputStream in = Files.newInputStream(file)) {
      long read = size;
      while (read == size) {
        MessageDigest part = Digests.newSha256();
        read = digest(in, size, whole, part);
        if (read > 0 || checksums.isEmpty()) {
          checksums.add(Base64.getEncoder().encodeToString(part.digest()));
        }
        bytes += read;
      }
    }
    return new PartedFile(file, bytes, Digests.hex(whole.digest()), size, checksums);
  }

  /**
   * What S3 calls the digest of an object that came in these parts: the digest of their digests.
   */
  String composedChecksum() {
    MessageDigest digest = Digests.newSha256();
    partChecksums.forEach(part -> digest.update(Base64.getDecoder().decode(part)));
    return Base64.getEncoder().encodeToString(digest.digest()) + "-" + partChecksums.size();
  }

  /** Length of part {@code index}, counted from 0. */
  long bytes(int index) {
    return Math.min(partBytes, bytes - index * partBytes);
  }

  /** Opens part {@code index}: the stream ends where the part does. */
  InputStream open(int index) throws IOException {
    SeekableByteChannel channel = Files.newByteChannel(file, READ);
    try {
      channel.position(index * partBytes);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return new BoundedInputStream(Channels.newInputStream(channel), bytes(index));
  }

  private static long digest(InputStream in, long most, MessageDigest whole, MessageDigest part)
      throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long left = most;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        break;
      }
      whole.update(buffer, 0, read);
      part.update(buffer, 0, read);
      left -= read;
    }
    return most - left;
  }

  /** The first {@code left} bytes of another stream. */
  private static final class BoundedInputStream extends InputStream {
    private final InputStream in;
    private long left;

    BoundedInputStream(InputStream in, long left) {
      this.in = in;
      this.left = left;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int read = in.read(bytes, offset, (int) Math.min(length, left));
      left -= Math.max(0, read);
      return read;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
