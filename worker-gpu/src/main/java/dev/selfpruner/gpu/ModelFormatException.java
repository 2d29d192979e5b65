package dev.selfpruner.gpu;

import java.nio.file.Path;

/**
 * A model's files are not what they say, or not something that this program reads. Trying again
 * changes nothing; the message names the file, what is wrong in it, and the remedy.
 */
public final class ModelFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param subject what could not be read: a tensor, a key, the file itself
   * @param file where
   * @param problem what is wrong
   * @param remedy what to do next
   */
  public ModelFormatException(String subject, Path file, String problem, String remedy) {
    super("cannot read %s in %s: %s - %s".formatted(subject, file, problem, remedy));
  }

  /** For a directory or file that cannot be read as a whole. */
  public ModelFormatException(Path file, String problem, String remedy) {
    super("cannot read %s: %s - %s".formatted(file, problem, remedy));
  }
}
