package dev.selfpruner.infra.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.selfpruner.infra.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;

/**
 * Keeps two searches out of one home folder. The operating system lets go of the lock when the
 * process dies, whichever way it does.
 */
public final class HomeLock implements AutoCloseable {
  private final FileChannel channel;

  private HomeLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock, without waiting for it.
   *
   * @throws UserError if another command holds the lock
   */
  public static HomeLock acquire(Home home) {
    try {
      FileChannel channel =
          FileChannel.open(
              home.lockFile(),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (!tryLock(channel)) {
        channel.close();
        throw inUse(home);
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(UTF_8)));
      return new HomeLock(channel);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lock " + home.lockFile(), e);
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by this very process
    }
  }

  private static UserError inUse(Home home) throws IOException {
    String holder = Files.readString(home.lockFile(), UTF_8).strip();
    return new UserError(
        "another selfpruner%s is using %s: wait for its end, stop it, or name another folder in %s"
            .formatted(
                holder.isEmpty() ? "" : " (process " + holder + ")", home.folder(), Home.VARIABLE));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot let go of the home folder's lock", e);
    }
  }
}
