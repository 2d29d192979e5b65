package dev.selfpruner.infra.embedded;

import dev.selfpruner.infra.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder that holds all that a command on one machine must remember.
 *
 * @param folder absolute path of the folder, which exists
 */
public record Home(Path folder) {
  /** Environment variable that says where the folder is. */
  public static final String VARIABLE = "SELFPRUNER_HOME";

  /** {@code SELFPRUNER_HOME}, or {@code .selfpruner} in the user's own folder. */
  public static Path defaultFolder() {
    String given = System.getenv(VARIABLE);
    return given == null || given.isBlank()
        ? Path.of(System.getProperty("user.home"), ".selfpruner")
        : Path.of(given);
  }

  /**
   * Opens a home folder, and creates it where it does not exist.
   *
   * @throws UserError if it cannot be written to
   */
  public static Home open(Path folder) {
    try {
      Files.createDirectories(folder);
      Path real = folder.toRealPath();
      if (!Files.isWritable(real)) {
        throw new UserError(
            "cannot write to the home folder %s: name another one in %s".formatted(real, VARIABLE));
      }
      return new Home(real);
    } catch (IOException e) {
      throw new UserError(
          "cannot create the home folder %s (%s): name another one in %s"
              .formatted(folder.toAbsolutePath(), e, VARIABLE),
          e);
    }
  }

  /** Root of the directory store. */
  public Path store() {
    return folder.resolve("store");
  }

  /** Finished models that no other place was named for. */
  public Path models() {
    return folder.resolve("models");
  }

  /** What the Temporal development server remembers. */
  public Path temporalDatabase() {
    return folder.resolve("temporal.db");
  }

  Path temporalLog() {
    return folder.resolve("temporal.log");
  }

  /** Where the Temporal CLI goes when it is downloaded. */
  Path temporalDownloads() {
    return folder.resolve("temporal-cli");
  }

  /** Log of the commands that used this folder; logback.xml names the same file. */
  public Path log() {
    return folder.resolve("selfpruner.log");
  }

  /** What GPU workers began and ended: a line of JSON each. */
  public Path journal() {
    return folder.resolve("journal.jsonl");
  }

  /** Files on their way into the store. */
  public Path work() {
    return folder.resolve("work");
  }

  /** The demo model, once unpacked. */
  public Path demo() {
    return folder.resolve("demo");
  }

  Path lockFile() {
    return folder.resolve("lock");
  }
}
