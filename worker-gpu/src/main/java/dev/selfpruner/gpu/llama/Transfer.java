package dev.selfpruner.gpu.llama;

import static dev.selfpruner.gpu.torch.TorchArgument.tensor;
import static dev.selfpruner.gpu.torch.TorchArgument.whole;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.torch.TorchModule;
import dev.selfpruner.gpu.torch.TorchScriptArchive;

/**
 * One thread's way to a CUDA device: a stream of its own and page-locked memory to copy through.
 * Used by the thread that made it.
 */
final class Transfer implements AutoCloseable {
  private static final TorchScriptArchive SOURCE =
      TorchScriptArchive.resource(Transfer.class, "Transfer");

  private final TorchModule module;
  private final TorchModule decoder;
  private final NDManager owner;
  private final NDArray locked;

  private Transfer(Decoder decoder, long count) {
    this.module = TorchModule.load(SOURCE, decoder.device());
    this.decoder = decoder.module();
    this.owner = decoder.newManager();
    NDArray like = decoder.room(owner, 1);
    module.call(owner, "enter", tensor(like));
    this.locked = module.call(owner, "locked", tensor(like), whole(count)).singletonOrThrow();
  }

  /**
   * Puts the calling thread on a stream of its own, for good.
   *
   * @param count numbers that are copied at a time, at most
   */
  static Transfer enter(Decoder decoder, long count) {
    return new Transfer(decoder, count);
  }

  /** Copies a vector on the host to one on the device; returns when it is there. */
  void copy(NDManager scratch, NDArray target, NDArray source) {
    NDArray staged =
        decoder
            .call(scratch, "part", tensor(locked), whole(0), whole(0), whole(source.size()))
            .singletonOrThrow();
    decoder.call(scratch, "place", tensor(staged), tensor(source), whole(0));
    module.call(scratch, "copy", tensor(target), tensor(staged));
    module.call(scratch, "synchronize", tensor(target));
  }

  @Override
  public void close() {
    owner.close();
    module.close();
  }
}
