package dev.selfpruner.gpu.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Writes a safetensors file, tensor after tensor, in pieces of any size: no tensor has to fit in
 * memory. The file appears under its name when {@link #commit} has made it durable, whole or not at
 * all; closing without commit leaves nothing.
 */
public final class SafetensorsWriter implements AutoCloseable {
  private static final int CHUNK = 1 << 16;

  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private final List<TensorSpec> tensors;
  private final ByteBuffer narrowed =
      ByteBuffer.allocateDirect(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private int current;
  private long written;
  private boolean committed;

  private SafetensorsWriter(
      Path target, Path temporary, FileChannel channel, List<TensorSpec> tensors) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
    this.tensors = tensors;
  }

  /**
   * Begins a file with its header.
   *
   * @param target where the file will be; one that is there is replaced
   * @param tensors what will be written, in this order
   * @param metadata free text by key, beside {@code "format": "pt"}, which transformers asks for
   * @throws IllegalArgumentException if two tensors have one name
   */
  public static SafetensorsWriter create(
      Path target, List<TensorSpec> tensors, Map<String, String> metadata) throws IOException {
    byte[] header = header(tensors, metadata);
    Path absolute = target.toAbsolutePath();
    // Not createTempFile: it would make a file that nobody else may read.
    Path temporary =
        absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID());
    FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    SafetensorsWriter writer =
        new SafetensorsWriter(absolute, temporary, channel, List.copyOf(tensors));
    try {
      ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      writer.write(length.putLong(0, header.length));
      writer.write(ByteBuffer.wrap(header));
      return writer;
    } catch (IOException | RuntimeException e) {
      writer.close();
      throw e;
    }
  }

  /**
   * Appends bytes, little endian as they are to be stored, to the tensor whose turn it is.
   *
   * @throws IllegalStateException if it is another tensor's turn, or this one has no room for them
   */
  public void append(String tensor, ByteBuffer content) throws IOException {
    requireRoom(turn(tensor), content.remaining());
    written += content.remaining();
    write(content);
  }

  /**
   * Appends numbers to the tensor whose turn it is, rounded to its type.
   *
   * @throws IllegalStateException if it is another tensor's turn, or this one has no room for them
   */
  public void append(String tensor, FloatBuffer values) throws IOException {
    TensorSpec turn = turn(tensor);
    requireRoom(turn, (long) values.remaining() * turn.type().bytes());
    while (values.hasRemaining()) {
      narrowed.clear();
      for (int i = Math.min(CHUNK, values.remaining()); i > 0; i--) {
        float value = values.get();
        switch (turn.type()) {
          case F32 -> narrowed.putFloat(value);
          case F16 -> narrowed.putShort(HalfPrecision.floatToFloat16(value));
          case BF16 -> narrowed.putShort(HalfPrecision.floatToBfloat16(value));
        }
      }
      append(tensor, narrowed.flip());
    }
  }

  /**
   * Makes the file durable and gives it its name.
   *
   * @throws IllegalStateException if tensors are not whole
   */
  public void commit() throws IOException {
    skipWholeTensors();
    if (current < tensors.size()) {
      TensorSpec tensor = tensors.get(current);
      throw new IllegalStateException(
          "tensor %s has %,d of its %,d bytes".formatted(tensor.name(), written, tensor.bytes()));
    }
    channel.force(true);
    channel.close();
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    committed = true;
    try (FileChannel directory = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
      directory.force(true); // the new name is durable too
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!committed) {
      Files.deleteIfExists(temporary);
    }
  }

  private TensorSpec turn(String name) {
    // A tensor's turn lasts until another is named: an empty piece may follow its last byte.
    if (current == tensors.size() || !tensors.get(current).name().equals(name)) {
      skipWholeTensors();
    }
    if (current == tensors.size() || !tensors.get(current).name().equals(name)) {
      throw new IllegalStateException(
          "it is not the turn of tensor %s, but of %s"
              .formatted(name, current == tensors.size() ? "none" : tensors.get(current).name()));
    }
    return tensors.get(current);
  }

  private void requireRoom(TensorSpec tensor, long bytes) {
    if (bytes > tensor.bytes() - written) {
      throw new IllegalStateException(
          "tensor %s has %,d bytes; %,d cannot follow the first %,d"
              .formatted(tensor.name(), tensor.bytes(), bytes, written));
    }
  }

  private void skipWholeTensors() {
    while (current < tensors.size() && written == tensors.get(current).bytes()) {
      current++;
      written = 0;
    }
  }

  private void write(ByteBuffer content) throws IOException {
    while (content.hasRemaining()) {
      channel.write(content);
    }
  }

  private static byte[] header(List<TensorSpec> tensors, Map<String, String> metadata) {
    ObjectNode header = JsonNodeFactory.instance.objectNode();
    ObjectNode free = header.putObject(Header.METADATA);
    free.put("format", "pt");
    new TreeMap<>(metadata).forEach(free::put);
    Set<String> names = new HashSet<>();
    long begin = 0;
    for (TensorSpec tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException("two tensors have the name " + tensor.name());
      }
      ObjectNode entry = header.putObject(tensor.name());
      entry.put("dtype", tensor.type().name());
      tensor.shape().forEach(entry.putArray("shape")::add);
      long end = Math.addExact(begin, tensor.bytes());
      entry.putArray("data_offsets").add(begin).add(end);
      begin = end;
    }
    // Spaces up to a multiple of 8, so that the first tensor is aligned as the format recommends.
    byte[] json = header.toString().getBytes(UTF_8);
    byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    if (padded.length > SafetensorsFile.LONGEST_HEADER) {
      throw new IllegalArgumentException("too many tensors for one file: " + tensors.size());
    }
    return padded;
  }
}
