package dev.selfpruner.infra.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.gpu.corpus.StoryCorpus;
import dev.selfpruner.gpu.corpus.TextSplit;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The demo model on the class path, and the texts that belong to it. */
public final class DemoModel {
  /** Tokens in a window of the model's training: the longest that it is good at. */
  public static final int SEQUENCE_LENGTH = 256;

  private static final List<String> FILES =
      List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");

  private static final long TEXT_SEED = 1;
  private static final long SEARCH_BYTES = 300_000;
  private static final long TEST_BYTES = 150_000;

  private DemoModel() {}

  /**
   * Puts the model and its texts into a directory of their own under {@code parent}, whole or not
   * at all. The directory is named after its content: what lies there already is used as it is, and
   * a program with another demo model makes another directory.
   *
   * @throws IOException if the directory cannot be written
   */
  public static DemoFiles unpack(Path parent) throws IOException {
    Map<String, byte[]> files = bundled();
    Path directory = parent.resolve("demo-" + digest(files).substring(0, 12));
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(parent);
      Path unfinished = Files.createTempDirectory(parent, ".demo-");
      try {
        write(files, DemoFiles.in(unfinished));
        publish(unfinished, directory);
      } finally {
        deleteAll(unfinished);
      }
    }
    return DemoFiles.in(directory);
  }

  private static void write(Map<String, byte[]> files, DemoFiles target) throws IOException {
    Files.createDirectory(target.model());
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(target.model().resolve(file.getKey()), file.getValue());
    }
    new StoryCorpus(TextSplit.SEARCH, TEXT_SEED).write(target.searchText(), SEARCH_BYTES);
    new StoryCorpus(TextSplit.TEST, TEXT_SEED).write(target.testText(), TEST_BYTES);
  }

  /** Of two processes that unpack at the same time, the second uses what the first has made. */
  private static void publish(Path unfinished, Path directory) throws IOException {
    try {
      Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
  }

  private static Map<String, byte[]> bundled() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name : FILES) {
      try (InputStream stream = DemoModel.class.getResourceAsStream(name)) {
        if (stream == null) {
          throw new IllegalStateException(
              "no %s of the demo model on the class path".formatted(name));
        }
        files.put(name, stream.readAllBytes());
      }
    }
    return files;
  }

  private static String digest(Map<String, byte[]> files) {
    MessageDigest digest = Digests.newSha256();
    files.values().forEach(content -> digest.update(Digests.newSha256().digest(content)));
    digest.update(
        "texts %d %d %d %s"
            .formatted(TEXT_SEED, SEARCH_BYTES, TEST_BYTES, firstStory())
            .getBytes(UTF_8));
    return Digests.hex(digest.digest());
  }

  /** Changes with the generator. */
  private static String firstStory() {
    return new StoryCorpus(TextSplit.TEST, TEXT_SEED).next();
  }

  private static void deleteAll(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
