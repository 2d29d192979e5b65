package dev.selfpruner.gpu.export;

import dev.selfpruner.gpu.export.IndexRanges.Range;
import dev.selfpruner.gpu.safetensors.SafetensorsWriter;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Copies the part of a tensor that stays, bit by bit, some rows at a time. */
final class TensorCopy {
  private static final int BLOCK_BYTES = 4 << 20;

  private final StoredTensor tensor;
  private final KeptPart part;
  private final SafetensorsWriter writer;
  private final int rowBytes;
  private final ByteBuffer block;

  TensorCopy(StoredTensor tensor, KeptPart part, SafetensorsWriter writer) {
    this.tensor = tensor;
    this.part = part;
    this.writer = writer;
    this.rowBytes = Math.toIntExact(part.columns().size() * tensor.type().bytes());
    this.block = ByteBuffer.allocate(rowsInBlock() * rowBytes);
  }

  /** Writes the rows and columns that stay, and nothing else. */
  void compact() throws IOException {
    for (Range rows : part.rows().kept()) {
      copy(rows, false);
    }
  }

  /** Writes the whole tensor, with zeros where rows or columns don't stay. */
  void padded() throws IOException {
    List<Range> removed = part.rows().removed();
    List<Range> all = new ArrayList<>(part.rows().kept());
    all.addAll(removed);
    all.sort(Comparator.comparingLong(Range::from));
    for (Range rows : all) {
      if (removed.contains(rows)) {
        appendZeros(rows.length());
      } else {
        copy(rows, true);
      }
    }
  }

  private void copy(Range rows, boolean padded) throws IOException {
    for (long next = rows.from(); next < rows.to(); next += rowsInBlock()) {
      int count = (int) Math.min(rowsInBlock(), rows.to() - next);
      int elements = count * Math.toIntExact(part.columns().size());
      tensor.readRaw(next * part.columns().size(), elements, block.clear());
      if (padded) {
        clearColumns(count);
        writer.append(tensor.name(), block.flip());
      } else {
        writer.append(tensor.name(), gatherColumns(count));
      }
    }
  }

  private void clearColumns(int rows) {
    int width = tensor.type().bytes();
    List<Range> removed = part.columns().removed();
    for (int row = 0; row < rows; row++) {
      int start = row * rowBytes;
      for (Range columns : removed) {
        int from = start + (int) columns.from() * width;
        Arrays.fill(block.array(), from, from + (int) columns.length() * width, (byte) 0);
      }
    }
  }

  /** Moves the columns that stay together, at the beginning of the block. */
  private ByteBuffer gatherColumns(int rows) {
    if (part.columns().isAll()) {
      return block.flip();
    }
    byte[] bytes = block.array();
    int width = tensor.type().bytes();
    int end = 0;
    for (int row = 0; row < rows; row++) {
      for (Range columns : part.columns().kept()) {
        int length = (int) columns.length() * width;
        System.arraycopy(bytes, row * rowBytes + (int) columns.from() * width, bytes, end, length);
        end += length;
      }
    }
    return block.clear().limit(end);
  }

  private void appendZeros(long rows) throws IOException {
    Arrays.fill(block.array(), (byte) 0);
    for (long left = rows; left > 0; left -= rowsInBlock()) {
      writer.append(
          tensor.name(), block.clear().limit((int) Math.min(left, rowsInBlock()) * rowBytes));
    }
  }

  private int rowsInBlock() {
    return (int) Math.max(1, Math.min(part.rows().size(), BLOCK_BYTES / rowBytes));
  }
}
