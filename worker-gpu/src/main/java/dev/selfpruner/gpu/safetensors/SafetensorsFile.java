package dev.selfpruner.gpu.safetensors;

import dev.selfpruner.gpu.ModelFormatException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An open safetensors file, memory-mapped as it is read. Opening checks everything that the header
 * says against the file, so that reading a tensor can't fail later.
 *
 * <p>Layout: 8 bytes header length (little endian), the header in JSON, then the tensors' bytes
 * (the format's own description: huggingface/safetensors, README).
 */
public final class SafetensorsFile implements AutoCloseable {
  /** The format's own limit. */
  static final long LONGEST_HEADER = 100_000_000;

  private final Path path;
  private final FileChannel channel;
  private final Header header;
  private final long dataPosition;

  /** Kept, so that a tensor asked for twice is mapped once. */
  private final Map<String, StoredTensor> tensors = new ConcurrentHashMap<>();

  private SafetensorsFile(Path path, FileChannel channel, Header header, long dataPosition) {
    this.path = path;
    this.channel = channel;
    this.header = header;
    this.dataPosition = dataPosition;
  }

  /**
   * Opens a file and checks its header against it.
   *
   * @throws ModelFormatException if the file is not a whole, well-formed safetensors file
   * @throws IOException if it cannot be read at all
   */
  public static SafetensorsFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      long size = channel.size();
      if (size < Long.BYTES) {
        throw new ModelFormatException(
            path, "it has %,d bytes, too few for a header".formatted(size), "download it again");
      }
      long length = read(channel, 0, Long.BYTES).getLong();
      if (length < 0 || length > LONGEST_HEADER) {
        throw new ModelFormatException(
            path,
            "it says that its header has %s bytes, more than the format's %,d"
                .formatted(Long.toUnsignedString(length), LONGEST_HEADER),
            "not a safetensors file, or a damaged one: download or convert it again");
      }
      if (length > size - Long.BYTES) {
        throw new ModelFormatException(
            path,
            "it says that its header has %,d bytes, but ends after %,d"
                .formatted(length, size - Long.BYTES),
            "download it again");
      }
      Header header = Header.parse(read(channel, Long.BYTES, (int) length).array(), path);
      long dataPosition = Long.BYTES + length;
      Layout.requireContiguous(header.tensors().values(), path, size - dataPosition);
      return new SafetensorsFile(path, channel, header, dataPosition);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  public Path path() {
    return path;
  }

  /** Names of all tensors, in the header's order. */
  public Set<String> names() {
    return header.tensors().keySet();
  }

  /** Free text that the writer left, by key. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /**
   * Finds a tensor by name.
   *
   * @throws ModelFormatException if there is no such tensor, or its element type is none that we
   *     compute with
   */
  public StoredTensor tensor(String name) {
    return tensors.computeIfAbsent(name, this::newTensor);
  }

  private StoredTensor newTensor(String name) {
    Layout layout = header.tensors().get(name);
    if (layout == null) {
      throw new ModelFormatException(
          "tensor " + name, path, "the file has no such tensor", "download or convert it again");
    }
    StorageType type =
        switch (layout.dtype()) {
          case "F32" -> StorageType.F32;
          case "F16" -> StorageType.F16;
          case "BF16" -> StorageType.BF16;
          default ->
              throw layout.error(
                  path,
                  "header says %s, and only F32, F16 and BF16 are read"
                      .formatted(layout.describe()),
                  "convert the model to one of these");
        };
    MappedRegion region =
        new MappedRegion(
            channel, path, dataPosition + layout.begin(), layout.end() - layout.begin());
    return new StoredTensor(name, type, layout.shape(), region);
  }

  /** Ends reading; mappings go when the garbage collector finds them. */
  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static ByteBuffer read(FileChannel channel, long position, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
    }
    return buffer.flip();
  }
}
