package dev.selfpruner.gpu.llama;

import static dev.selfpruner.gpu.torch.TorchArgument.tensor;
import static dev.selfpruner.gpu.torch.TorchArgument.whole;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.torch.Closing;
import dev.selfpruner.gpu.torch.TorchModule;
import dev.selfpruner.gpu.torch.TorchScriptArchive;
import java.util.List;

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

  private Transfer(TorchModule module, TorchModule decoder, NDManager owner, NDArray locked) {
    this.module = module;
    this.decoder = decoder;
    this.owner = owner;
    this.locked = locked;
  }

  /**
   * Puts the calling thread on a stream of its own, for good.
   *
   * @param count numbers that are copied at a time, at most
   */
  static Transfer enter(Decoder decoder, long count) {
    TorchModule module = TorchModule.load(SOURCE, decoder.device());
    NDManager owner = decoder.newManager();
    try {
      NDArray like = decoder.room(owner, 1);
      module.call(owner, "enter", tensor(like));
      NDArray locked = module.call(owner, "locked", tensor(like), whole(count)).singletonOrThrow();
      return new Transfer(module, decoder.module(), owner, locked);
    } catch (RuntimeException | Error e) {
      Closing.all(List.of(owner, module));
      throw e;
    }
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
    Closing.all(List.of(owner, module));
  }
}
