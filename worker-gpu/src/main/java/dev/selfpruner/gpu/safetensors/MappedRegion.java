package dev.selfpruner.gpu.safetensors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A stretch of a file, mapped into memory piece by piece as it is read: one buffer can't hold more
 * than 2 GiB. Pieces start at the stretch's own beginning, so no element is cut by their borders.
 */
final class MappedRegion {
  static final long PIECE = 1L << 30;

  private final FileChannel channel;
  private final Path file;
  private final long position;
  private final long bytes;
  private final AtomicReferenceArray<ByteBuffer> pieces;
  private final AtomicReference<ByteBuffer> whole = new AtomicReference<>();

  MappedRegion(FileChannel channel, Path file, long position, long bytes) {
    this.channel = channel;
    this.file = file;
    this.position = position;
    this.bytes = bytes;
    this.pieces = new AtomicReferenceArray<>(Math.toIntExact((bytes + PIECE - 1) / PIECE));
  }

  /** Returns the bytes from {@code offset} on, at most {@code atMost}, fewer at a piece's end. */
  ByteBuffer from(long offset, long atMost) {
    if (!channel.isOpen()) {
      throw new IllegalStateException("the model's files are closed: " + file);
    }
    ByteBuffer piece = piece(Math.toIntExact(offset / PIECE));
    int start = (int) (offset % PIECE);
    int length = (int) Math.min(atMost, piece.capacity() - start);
    return piece.slice(start, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The whole stretch in one buffer, mapped once. */
  ByteBuffer whole() {
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalStateException("no buffer holds the %,d bytes".formatted(bytes));
    }
    ByteBuffer mapped = whole.get();
    if (mapped == null) {
      mapped = map(0, bytes);
      whole.set(mapped); // of two threads the loser's mapping is dropped, which costs nothing
    }
    return mapped.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer piece(int index) {
    ByteBuffer piece = pieces.get(index);
    if (piece == null) {
      long start = index * PIECE;
      piece = map(start, Math.min(PIECE, bytes - start));
      // Two threads may both map; the loser's mapping is dropped, which costs nothing.
      pieces.set(index, piece);
    }
    return piece;
  }

  private ByteBuffer map(long start, long length) {
    try {
      return channel.map(MapMode.READ_ONLY, position + start, length);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot map " + file, e);
    }
  }
}
