package dev.selfpruner.gpu.reconstruct;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.engine.HiddenStates;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.HostCopies;
import dev.selfpruner.gpu.torch.Closing;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The residual streams of all chunks at one place of the model: the dense model's, and the pruned
 * model's once it is another.
 */
final class Streams implements AutoCloseable {
  private static final int ONLY = 0;

  private final Decoder decoder;
  private final HostCopies copies;
  private final int chunks;
  private final int chunksOnDevice;
  private HiddenStates dense;
  private Optional<HiddenStates> pruned = Optional.empty();

  /** Room for the dense model's stream. */
  Streams(Decoder decoder, int chunks, int chunksOnDevice) {
    this.decoder = decoder;
    this.copies = new HostCopies(decoder);
    this.chunks = chunks;
    this.chunksOnDevice = chunksOnDevice;
    this.dense = empty();
  }

  private HiddenStates empty() {
    return new HiddenStates(decoder, copies, 1, chunks, chunksOnDevice);
  }

  /** Whether the pruned model's stream is another than the dense model's. */
  boolean parted() {
    return pruned.isPresent();
  }

  /** Makes room for a stream of the pruned model's own. */
  void part() {
    pruned = Optional.of(empty());
  }

  Cells dense() {
    return new Cells(dense);
  }

  /** The pruned model's stream: the dense model's, as long as it has none of its own. */
  Cells pruned() {
    return new Cells(pruned.orElse(dense));
  }

  /** One stream's states, by chunk. */
  record Cells(HiddenStates states) {
    NDArray view(NDManager manager, int chunk) {
      return states.view(manager, ONLY, chunk);
    }

    NDArray take(NDManager manager, int chunk) {
      return states.take(manager, ONLY, chunk);
    }

    void put(int chunk, NDArray hidden) {
      states.put(ONLY, chunk, hidden);
    }
  }

  /** Moves both to another device's part of the model, and closes this. */
  Streams movedTo(Decoder next) {
    Streams moved = new Streams(next, chunks, chunksOnDevice);
    try (this) {
      HiddenStates unused = moved.dense;
      moved.dense = dense.movedTo(next, moved.copies);
      unused.close();
      moved.pruned = pruned.map(states -> states.movedTo(next, moved.copies));
      return moved;
    } catch (RuntimeException | Error e) {
      moved.close();
      throw e;
    }
  }

  @Override
  public void close() {
    Closing.all(Stream.concat(Stream.of(dense, copies), pruned.stream()).toList());
  }
}
