package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Checks of paths that cost nothing and come before anything is started. */
final class InputFiles {
  private InputFiles() {}

  /**
   * Returns the one absolute path of a file that can be read.
   *
   * @param option that gave it, for the message
   */
  static Path readable(String option, Path file) {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new UserError(
          "%s: %s %s: give a file that can be read"
              .formatted(
                  option,
                  file.toAbsolutePath(),
                  Files.isDirectory(file)
                      ? "is a directory"
                      : Files.exists(file) ? "cannot be read" : "is not there"));
    }
    return real(option, file);
  }

  /** Returns the one absolute path of a model's directory. */
  static Path modelDirectory(String option, Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new UserError(
          "%s: %s is not a directory: give the directory of a Hugging Face model"
              .formatted(option, directory.toAbsolutePath()));
    }
    return real(option, directory);
  }

  /**
   * Returns the absolute path of a directory that is to be written: it must not be there yet, or be
   * empty, and the folder that it goes to must exist.
   */
  static Path newDirectory(String option, Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    if (Files.exists(absolute) && !isEmptyDirectory(absolute)) {
      throw new UserError(
          "%s: %s exists already: name a new directory, or remove it".formatted(option, absolute));
    }
    Path parent = absolute.getParent();
    if (parent == null || !Files.isDirectory(parent) || !Files.isWritable(parent)) {
      throw new UserError(
          "%s: cannot write to the folder of %s: create it, or name another one"
              .formatted(option, absolute));
    }
    return absolute;
  }

  private static boolean isEmptyDirectory(Path path) {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(path)) {
      return entries.findAny().isEmpty();
    } catch (IOException e) {
      throw new UserError("cannot list " + path, e);
    }
  }

  private static Path real(String option, Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new UserError("%s: cannot find %s".formatted(option, path), e);
    }
  }
}
