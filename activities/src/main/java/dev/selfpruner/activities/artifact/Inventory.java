package dev.selfpruner.activities.artifact;

import dev.selfpruner.activities.artifact.Reuse.Stamped;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What lies in a store, by {@link StoreLayout} name: for looking after a store, not for using it.
 */
interface Inventory extends AutoCloseable {

  /** All that lies in a folder and those below. */
  List<StoredObject> list(String folder) throws IOException;

  /** Which of the named objects were marked as used, and when. */
  Map<String, Instant> used(Collection<String> names) throws IOException;

  Optional<InputStream> open(String name) throws IOException;

  /** A small object and when it was written, if it is there. */
  Optional<Stamped> readStamped(String name) throws IOException;

  /** Writes an object whole; false if it is there and may not be replaced. */
  boolean write(String name, byte[] content, boolean replace) throws IOException;

  /**
   * Removes objects, or what is left of them. It asks once: a request that is repeated after a
   * while might remove what was written meanwhile.
   */
  void delete(Collection<String> names) throws IOException;

  List<UnfinishedUpload> unfinished() throws IOException;

  /** Removes what was written of something unfinished. */
  void abort(UnfinishedUpload upload) throws IOException;

  /** Names of objects with a mark of use of its own, {@link StoreLayout#mark}, from before then. */
  List<String> markedBefore(Instant time) throws IOException;

  /** What it is and where, in a few words. */
  @Override
  String toString();

  @Override
  void close();
}
