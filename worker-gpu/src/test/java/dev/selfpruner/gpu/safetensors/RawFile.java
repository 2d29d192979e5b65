package dev.selfpruner.gpu.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Writes files that may lie: a header as given, and so many bytes of data. */
final class RawFile {
  private RawFile() {}

  static Path write(Path file, String header, int dataBytes) throws IOException {
    byte[] json = header.getBytes(UTF_8);
    return write(file, json.length, json, dataBytes);
  }

  static Path write(Path file, long headerLength, byte[] json, int dataBytes) throws IOException {
    ByteBuffer content =
        ByteBuffer.allocate(Long.BYTES + json.length).order(ByteOrder.LITTLE_ENDIAN);
    content.putLong(headerLength).put(json);
    try (RandomAccessFile output = new RandomAccessFile(file.toFile(), "rw")) {
      output.setLength(0);
      output.write(content.array());
      output.setLength((long) content.capacity() + dataBytes); // a hole where it can be
    }
    return file;
  }
}
