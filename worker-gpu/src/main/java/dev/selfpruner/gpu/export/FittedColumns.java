package dev.selfpruner.gpu.export;

import dev.selfpruner.gpu.safetensors.SafetensorsWriter;
import dev.selfpruner.gpu.safetensors.StoredTensor;
import java.io.IOException;
import java.nio.FloatBuffer;

/**
 * Writes a projection {@code [out, in]} whose columns have new values, some rows at a time, rounded
 * to the type that the tensor has.
 */
final class FittedColumns {
  /** Numbers of a fit that are turned at a time. */
  private static final int BLOCK = 1 << 20;

  private final String name;
  private final int[] placeOfColumn;
  private final int columns;
  private final StoredTensor fitted;
  private final int rows;
  private final SafetensorsWriter writer;

  /**
   * A projection.
   *
   * @param columns of the tensor that is written
   * @param placeOfColumn for each row of the fit, the column that it is
   * @param fitted {@code [kept, out]}
   */
  FittedColumns(
      String name,
      int columns,
      int[] placeOfColumn,
      StoredTensor fitted,
      SafetensorsWriter writer) {
    this.name = name;
    this.columns = columns;
    this.placeOfColumn = placeOfColumn;
    this.fitted = fitted;
    this.rows = Math.toIntExact(fitted.shape().get(1));
    this.writer = writer;
  }

  /** Writes all rows; columns that the fit doesn't have are zero. */
  void write() throws IOException {
    int atATime = Math.max(1, Math.min(rows, BLOCK / columns));
    for (int from = 0; from < rows; from += atATime) {
      int count = Math.min(atATime, rows - from);
      FloatBuffer block = FloatBuffer.allocate(count * columns);
      FloatBuffer column = FloatBuffer.allocate(count);
      for (int i = 0; i < placeOfColumn.length; i++) {
        fitted.read((long) i * rows + from, column.clear());
        for (int row = 0; row < count; row++) {
          block.put(row * columns + placeOfColumn[i], column.get(row));
        }
      }
      writer.append(name, block);
    }
  }
}
