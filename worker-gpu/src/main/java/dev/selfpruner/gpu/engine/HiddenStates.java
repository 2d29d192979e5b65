package dev.selfpruner.gpu.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.HostCopies;

/**
 * Hidden states after one layer, by node and chunk: {@code [windows, sequence, hidden]} each. Those
 * of the first chunks stay on the device, the others wait on the host. A cell is written once and
 * taken once, and may then be written again.
 */
public final class HiddenStates implements AutoCloseable {
  private final Decoder decoder;
  private final HostCopies copies;
  private final NDManager device;
  private final NDArray[][] cells;
  private final int chunksOnDevice;

  /**
   * Room for states.
   *
   * @param nodes states of a chunk
   * @param chunksOnDevice chunks whose states are on the device
   */
  public HiddenStates(
      Decoder decoder, HostCopies copies, int nodes, int chunks, int chunksOnDevice) {
    this.decoder = decoder;
    this.copies = copies;
    this.device = decoder.newManager();
    this.cells = new NDArray[nodes][chunks];
    this.chunksOnDevice = chunksOnDevice;
  }

  int nodes() {
    return cells.length;
  }

  int chunks() {
    return cells[0].length;
  }

  /** Keeps an array, which is this object's from then on. */
  public void put(int node, int chunk, NDArray hidden) {
    if (chunk < chunksOnDevice) {
      hidden.attach(device);
      cells[node][chunk] = hidden;
    } else {
      cells[node][chunk] = copies.toHost(device, hidden);
      hidden.close();
    }
  }

  /** Keeps an array that is on the host, and stays the caller's. */
  void putHosted(int node, int chunk, NDArray hosted) {
    put(node, chunk, copies.toDevice(device, hosted));
  }

  /** Hands a state over to {@code manager}, on the device. */
  public NDArray take(NDManager manager, int node, int chunk) {
    NDArray hidden = cells[node][chunk];
    if (chunk < chunksOnDevice) {
      hidden.attach(manager);
      return hidden;
    }
    try (hidden) {
      return copies.toDevice(manager, hidden);
    }
  }

  /** A state that stays here: itself where it is on the device, else a copy that is. */
  public NDArray view(NDManager manager, int node, int chunk) {
    NDArray hidden = cells[node][chunk];
    return chunk < chunksOnDevice ? hidden : copies.toDevice(manager, hidden);
  }

  /** A copy on the host, for {@code manager} to own. */
  NDArray copyOnHost(NDManager manager, int node, int chunk) {
    NDArray hidden = cells[node][chunk];
    return chunk < chunksOnDevice ? copies.toHost(manager, hidden) : copies.copy(manager, hidden);
  }

  /** Moves all states to another device's part of the model, and closes this. */
  public HiddenStates movedTo(Decoder next, HostCopies nextCopies) {
    HiddenStates moved = new HiddenStates(next, nextCopies, nodes(), chunks(), chunksOnDevice);
    try (this) {
      for (int node = 0; node < nodes(); node++) {
        for (int chunk = 0; chunk < chunks(); chunk++) {
          try (NDManager scratch = decoder.newManager()) {
            NDArray here = take(scratch, node, chunk);
            moved.put(node, chunk, next.here(moved.device, here));
          }
        }
      }
      return moved;
    } catch (RuntimeException | Error e) {
      moved.close();
      throw e;
    }
  }

  @Override
  public void close() {
    device.close();
  }
}
