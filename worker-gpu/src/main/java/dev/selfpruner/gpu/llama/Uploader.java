package dev.selfpruner.gpu.llama;

import static dev.selfpruner.gpu.torch.TorchArgument.tensor;
import static dev.selfpruner.gpu.torch.TorchArgument.whole;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies layers from the host to a device, in pieces, by threads of its own. To a CUDA device each
 * thread copies through page-locked memory on a stream of its own: measured on an H100, 55 GB/s
 * instead of 9, beside a computation that it doesn't slow down. One thread fills page-locked memory
 * at 7.5 GB/s, four at 22.
 */
final class Uploader implements AutoCloseable {
  private static final int THREADS = 4;

  /** Numbers in a piece: 64 MiB of float16. */
  private static final long PIECE = 1 << 25;

  private final Decoder decoder;
  private final HostWeights weights;
  private final TorchThreads threads;
  private final List<Transfer> transfers = new ArrayList<>();
  private final ThreadLocal<Transfer> transfer = ThreadLocal.withInitial(this::newTransfer);

  Uploader(Decoder decoder, HostWeights weights) {
    this.decoder = decoder;
    this.weights = weights;
    this.threads = new TorchThreads(NumericType.isCpu(decoder.device()) ? 1 : THREADS);
  }

  /** A stretch of one weight, and where in the block it goes. */
  private record Piece(NDArray weight, long from, long count, long to) {}

  /**
   * Fills a block and returns the layer that it then is, as views. Blocks until it is done.
   *
   * @param block vector on the device, at least as long as the layer's {@link LayerBlock}
   */
  LayerWeights load(NDManager manager, int layer, NDArray block) {
    LayerBlock parts = LayerBlock.of(weights.config(), layer);
    try (NDManager host = Decoder.hostManager()) {
      List<Piece> pieces = new ArrayList<>();
      for (LayerWeight weight : LayerWeight.MATRICES) {
        LayerBlock.Part part = parts.part(weight);
        NDArray flat = decoder.flat(host, weights.weight(host, layer, weight));
        for (long from = 0; from < part.elements(); from += PIECE) {
          long count = Math.min(PIECE, part.elements() - from);
          pieces.add(new Piece(flat, from, count, part.start() + from));
        }
      }
      threads.run(
          pieces.size(),
          new TorchThreads.Run(),
          i -> {
            copy(block, pieces.get(i));
            return i;
          });
    }
    return LayerWeights.of(
        manager,
        weights.layout(layer),
        LayerWeight.MATRICES.stream()
            .map(weight -> view(manager, block, parts.part(weight)))
            .toList());
  }

  private NDArray view(NDManager manager, NDArray block, LayerBlock.Part part) {
    return decoder.part(manager, block, part.start(), part.rows(), part.columns());
  }

  private void copy(NDArray block, Piece piece) {
    try (NDManager scratch = decoder.newManager()) {
      NDArray source = decoder.part(scratch, piece.weight(), piece.from(), 0, piece.count());
      NDArray target = decoder.part(scratch, block, piece.to(), 0, piece.count());
      if (NumericType.isCpu(decoder.device())) {
        decoder.module().call(scratch, "place", tensor(target), tensor(source), whole(0));
      } else {
        transfer.get().copy(scratch, target, source);
      }
    }
  }

  private Transfer newTransfer() {
    Transfer made = Transfer.enter(decoder, PIECE);
    synchronized (transfers) {
      transfers.add(made);
    }
    return made;
  }

  @Override
  public void close() {
    threads.close();
    synchronized (transfers) {
      transfers.forEach(Transfer::close);
    }
  }
}
