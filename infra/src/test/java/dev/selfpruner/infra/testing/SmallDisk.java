package dev.selfpruner.infra.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A disk of a few megabytes that can be filled: a file system in memory, which needs root. */
public final class SmallDisk implements AutoCloseable {
  private static final int BLOCK_BYTES = 1 << 20;

  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** Mounts one; nothing where this user may not. */
  public static Optional<SmallDisk> mount(Path folder, int megabytes) throws IOException {
    Files.createDirectories(folder);
    String size = "size=%dm".formatted(megabytes);
    return run(List.of("mount", "-t", "tmpfs", "-o", size, "tmpfs", folder.toString()))
        ? Optional.of(new SmallDisk(folder))
        : Optional.empty();
  }

  /** Takes what room is left. */
  public void fill() throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    try (OutputStream out = Files.newOutputStream(ballast())) {
      for (int size = block.length; size > 0; size /= 2) {
        fillWith(out, block, size);
      }
    }
  }

  private static void fillWith(OutputStream out, byte[] block, int size) {
    try {
      while (true) {
        out.write(block, 0, size);
      }
    } catch (IOException e) {
      // no room for so much: try with less
    }
  }

  /** Gives it back. */
  public void empty() throws IOException {
    Files.deleteIfExists(ballast());
  }

  private Path ballast() {
    return folder.resolve("ballast");
  }

  private static boolean run(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.onExit().join().exitValue() == 0;
    } catch (IOException e) {
      return false; // there is no such command
    }
  }

  @Override
  public void close() throws IOException {
    if (!run(List.of("umount", "--lazy", folder.toString()))) {
      throw new IOException("cannot unmount " + folder);
    }
  }
}
