package dev.selfpruner.gpu.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.torch.Torch;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hidden states of the dense model after some of its layers, kept on the host from run to run: a
 * candidate that leaves the first layers whole starts there. They are the states that a run would
 * compute, to the last bit.
 */
final class DenseStates implements AutoCloseable {
  private final long budget;
  private final int layers;
  private final Map<Key, Boundary> known = new HashMap<>();
  private long bytes;

  /** A chunk's tokens, by their content, and the layers that they went through. */
  private record Key(long tokens, int count, int sequenceLength, int layers) {
    static Key of(Chunk chunk, int layers) {
      long hash = 1;
      for (int[] window : chunk.windows()) {
        for (int id : window) {
          hash = hash * 0x9E3779B97F4A7C15L + id; // 64 bits: 2^32 chunks before a likely collision
          hash ^= hash >>> 29;
        }
      }
      return new Key(hash, chunk.windows().size(), chunk.sequenceLength(), layers);
    }
  }

  /** What was kept, with the tokens themselves: a hash proves nothing. */
  private record Boundary(NDManager owner, NDArray hidden, Chunk chunk) {}

  /**
   * An empty cache.
   *
   * @param budget bytes that it may take; 0 keeps nothing
   * @param layers of the model
   */
  DenseStates(long budget, int layers) {
    this.budget = budget;
    this.layers = layers;
  }

  /**
   * Whether the states after {@code boundary} layers are among those that are kept: as many
   * boundaries as the budget holds for all chunks, evenly spread.
   */
  boolean keeps(int boundary, List<Chunk> all, long bytesPerToken) {
    long each = all.stream().mapToLong(chunk -> chunk.tokens() * bytesPerToken).sum();
    long boundaries = Math.min(layers - 1, budget / Math.max(1, each));
    if (boundaries < 1 || boundary < 1 || boundary >= layers) {
      return false;
    }
    long stride = (layers + boundaries) / (boundaries + 1);
    return boundary % Math.max(1, stride) == 0;
  }

  /** The deepest boundary, at most {@code most}, that is known for all chunks; 0 if none is. */
  synchronized int deepest(List<Chunk> chunks, int most) {
    for (int boundary = most; boundary > 0; boundary--) {
      int layer = boundary;
      if (chunks.stream().allMatch(chunk -> find(chunk, layer).isPresent())) {
        return boundary;
      }
    }
    return 0;
  }

  /** A state that {@link #deepest} found; it stays here. */
  synchronized NDArray get(Chunk chunk, int boundary) {
    return find(chunk, boundary).orElseThrow().hidden();
  }

  synchronized boolean knows(Chunk chunk, int boundary) {
    return find(chunk, boundary).isPresent();
  }

  /** What copies a state to the host. */
  @FunctionalInterface
  interface Copier {
    NDArray copyTo(NDManager manager);
  }

  /**
   * Forgets all states where the budget has no room for {@code needed} bytes more. Only before a
   * run that begins with none of them.
   */
  synchronized void makeRoom(long needed) {
    if (bytes + needed > budget) {
      clear();
    }
  }

  /** Keeps a state, where the budget holds it. */
  synchronized void keep(Chunk chunk, int boundary, long size, Copier copier) {
    if (bytes + size > budget) {
      return;
    }
    NDManager owner = NDManager.newBaseManager(Device.cpu(), Torch.ENGINE);
    known.put(Key.of(chunk, boundary), new Boundary(owner, copier.copyTo(owner), chunk));
    bytes += size;
  }

  private Optional<Boundary> find(Chunk chunk, int boundary) {
    return Optional.ofNullable(known.get(Key.of(chunk, boundary)))
        .filter(kept -> sameTokens(kept.chunk(), chunk));
  }

  private static boolean sameTokens(Chunk one, Chunk other) {
    for (int i = 0; i < one.windows().size(); i++) {
      if (!Arrays.equals(one.windows().get(i), other.windows().get(i))) {
        return false;
      }
    }
    return true;
  }

  private void clear() {
    known.values().forEach(kept -> kept.owner().close());
    known.clear();
    bytes = 0;
  }

  @Override
  public synchronized void close() {
    clear();
  }
}
