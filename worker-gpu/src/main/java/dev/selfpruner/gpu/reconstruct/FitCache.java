package dev.selfpruner.gpu.reconstruct;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Arrays on one device that were computed once and may be needed again: those used last stay, as
 * many as a budget holds. Those in use stay in any case.
 */
final class FitCache implements AutoCloseable {
  /**
   * What an array is.
   *
   * @param kept units that the fit is of, or {@link #FACTOR}
   */
  record Key(int layer, Projection projection, int kept) {
    private static final int FACTOR = 0;

    static Key factor(int layer, Projection projection) {
      return new Key(layer, projection, FACTOR);
    }
  }

  /** An array in use, until it is closed. */
  final class Use implements AutoCloseable {
    private final Entry entry;

    private Use(Entry entry) {
      this.entry = entry;
    }

    NDArray array() {
      return entry.array;
    }

    @Override
    public void close() {
      release(entry);
    }
  }

  private static final class Entry {
    private final NDManager owner;
    private final NDArray array;
    private final long bytes;
    private int uses;

    Entry(NDManager owner, NDArray array, long bytes) {
      this.owner = owner;
      this.array = array;
      this.bytes = bytes;
    }
  }

  private final long budget;
  private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * An empty cache.
   *
   * @param budget bytes that what is not in use may take beside what is
   */
  FitCache(long budget) {
    this.budget = budget;
  }

  synchronized Optional<Use> find(Key key) {
    return Optional.ofNullable(entries.get(key)).map(this::use);
  }

  /**
   * Keeps an array that isn't there.
   *
   * @param owner of the array alone; closed when the array goes
   */
  synchronized Use keep(Key key, NDManager owner, NDArray array, long size) {
    Entry entry = new Entry(owner, array, size);
    if (entries.putIfAbsent(key, entry) != null) {
      throw new IllegalStateException("there already: " + key);
    }
    bytes += size;
    Use use = use(entry);
    evict(budget);
    return use;
  }

  /** Drops all that is not in use. */
  synchronized void clear() {
    evict(0);
  }

  /** Bytes of all arrays that are there. */
  synchronized long bytes() {
    return bytes;
  }

  private Use use(Entry entry) {
    entry.uses++;
    return new Use(entry);
  }

  private synchronized void release(Entry entry) {
    entry.uses--;
    evict(budget);
  }

  private void evict(long most) {
    Iterator<Entry> leastRecentFirst = entries.values().iterator();
    while (bytes > most && leastRecentFirst.hasNext()) {
      Entry entry = leastRecentFirst.next();
      if (entry.uses == 0) {
        leastRecentFirst.remove();
        bytes -= entry.bytes;
        entry.owner.close();
      }
    }
  }

  @Override
  public synchronized void close() {
    entries.values().forEach(entry -> entry.owner.close());
    entries.clear();
    bytes = 0;
  }
}
