package dev.selfpruner.activities.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A process that writes to a directory store until it is killed. */
final class StoreWriterProcess {
  private static final int THREADS = 3;

  /**
   * Large, and so are the keys: a file that is written in place is then often seen half-written.
   */
  private static final int LARGEST_BLOB = 1 << 20;

  private static final String LONG_KEY = " ".repeat(1 << 20);

  private StoreWriterProcess() {}

  /** Arguments: the store's directory, and a seed. Prints a line when the first write is done. */
  public static void main(String[] arguments) throws Exception {
    ArtifactStore store = ArtifactStores.directory(Path.of(arguments[0]));
    long seed = Long.parseLong(arguments[1]);
    ArtifactRef first = store.put(("process " + seed).getBytes(UTF_8));
    store.index(new IndexKey("crash", first.sha256() + LONG_KEY), first);
    System.out.println("writing");
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(seed * THREADS + i);
      Thread writer = new Thread(() -> write(store, random));
      writer.start();
    }
  }

  private static void write(ArtifactStore store, Random random) {
    try {
      Path file = Files.createTempFile("selfpruner-writer", ".bin");
      file.toFile().deleteOnExit();
      while (true) {
        byte[] content = new byte[1 + random.nextInt(LARGEST_BLOB)];
        random.nextBytes(content);
        ArtifactRef ref =
            random.nextBoolean() ? store.put(content) : store.put(Files.write(file, content));
        store.index(new IndexKey("crash", ref.sha256() + LONG_KEY), ref);
      }
    } catch (Exception e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }
}
