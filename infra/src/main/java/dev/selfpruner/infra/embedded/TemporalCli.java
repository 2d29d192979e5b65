package dev.selfpruner.infra.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Temporal CLI that a command takes when none is named. */
public final class TemporalCli {
  private static final Logger LOG = LoggerFactory.getLogger(TemporalCli.class);
  private static final String NAME = "temporal";

  private TemporalCli() {}

  /** The one on the path, or else the one that an earlier command downloaded. */
  public static Optional<Path> find(Home home, SearchPath path) {
    return path.find(NAME).or(() -> downloadedBefore(home));
  }

  private static Optional<Path> downloadedBefore(Home home) {
    if (!Files.isDirectory(home.temporalDownloads())) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(home.temporalDownloads())) {
      return files.filter(file -> file.endsWith(NAME) && Files.isRegularFile(file)).findFirst();
    } catch (IOException e) {
      LOG.warn("cannot look for a downloaded CLI", e);
      return Optional.empty();
    }
  }
}
