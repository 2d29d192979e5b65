package dev.selfpruner.infra.embedded;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where programs are looked for.
 *
 * @param folders in order, as the environment variable {@code PATH} has them; empty for none
 */
public record SearchPath(String folders) {
  private static final Pattern SEPARATOR = Pattern.compile(File.pathSeparator, Pattern.LITERAL);

  /** What an environment says. */
  public static SearchPath of(Map<String, String> environment) {
    return new SearchPath(environment.getOrDefault("PATH", ""));
  }

  /** The first program of that name. */
  public Optional<Path> find(String program) {
    return SEPARATOR
        .splitAsStream(folders)
        .filter(folder -> !folder.isBlank())
        .map(folder -> Path.of(folder, program))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }
}
