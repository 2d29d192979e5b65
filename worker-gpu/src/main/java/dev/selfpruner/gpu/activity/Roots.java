package dev.selfpruner.gpu.activity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Folders below which everything lies that one kind of a spec's locations may name, wherever
 * symbolic links lead.
 */
public final class Roots {
  private final String option;
  private final List<Path> folders;

  private Roots(String option, List<Path> folders) {
    this.option = option;
    this.folders = folders;
  }

  /** Every folder of the machine. */
  public static Roots anywhere() {
    return new Roots("", List.of());
  }

  /**
   * Some folders.
   *
   * @param option that names them, for messages
   * @throws IOException if one of them isn't there
   */
  public static Roots below(String option, List<Path> folders) throws IOException {
    if (folders.isEmpty()) {
      throw new IllegalArgumentException(option + " names at least one folder");
    }
    List<Path> real = new ArrayList<>();
    for (Path folder : folders) {
      real.add(folder.toRealPath());
    }
    return new Roots(option, List.copyOf(real));
  }

  /**
   * A file, or a folder with the files that are directly in it.
   *
   * @return where it really lies, so that a link that is changed later leads nowhere else
   * @throws IllegalArgumentException if it lies elsewhere; whether it is there is not said
   */
  public Path require(String location) throws IOException {
    Path path = Path.of(location);
    if (folders.isEmpty()) {
      return path;
    }
    Path real = requireBelow(path, location);
    if (Files.isDirectory(real)) {
      List<Path> entries;
      try (Stream<Path> list = Files.list(real)) {
        entries = list.toList();
      }
      for (Path entry : entries) {
        requireBelow(entry, location);
      }
    }
    return real;
  }

  private Path requireBelow(Path path, String location) {
    Path real = real(path);
    if (folders.stream().noneMatch(real::startsWith)) {
      throw new IllegalArgumentException(
          "this worker reads nothing outside of %s (its option %s), and %s%s is not below: put it there, or have the option name its folder too"
              .formatted(
                  String.join(", ", folders.stream().map(Path::toString).toList()),
                  option,
                  location,
                  path.equals(Path.of(location)) ? "" : " has " + path.getFileName() + ", which"));
    }
    return real;
  }

  /** Also of what is not there, as far as it is: nobody learns by this what is. */
  private static Path real(Path path) {
    Path absolute = path.toAbsolutePath();
    try {
      return absolute.toRealPath();
    } catch (IOException e) {
      Path parent = absolute.getParent();
      return parent == null
          ? absolute.normalize()
          : real(parent).resolve(absolute.getFileName()).normalize();
    }
  }
}
