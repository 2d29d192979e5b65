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
  private final Decoder decoder;
  private final NDManager owner;
  private final NDArray locked;

  private Transfer(TorchModule module, Decoder decoder, NDManager owner, NDArray locked) {
    this.module = module;
    this.decoder = decoder;
    this.owner = owner;
    this.locked = locked;
  }

  /** Compiles the code, which a CUDA device alone can. */
  static TorchModule load(Decoder decoder) {
    return TorchModule.load(SOURCE, decoder.device());
  }

  /**
   * Puts the calling thread on a stream of its own, for good.
   *
   * @param count numbers that are copied at a time, at most
   */
  static Transfer enter(Decoder decoder, long count) {
    TorchModule module = load(decoder);
    NDManager owner = decoder.newManager();
    try {
      NDArray like = decoder.room(owner, 1);
      module.call(owner, "enter", tensor(like));
      NDArray locked = module.call(owner, "locked", tensor(like), whole(count)).singletonOrThrow();
      return new Transfer(module, decoder, owner, locked);
    } catch (RuntimeException | Error e) {
      Closing.all(List.of(owner, module));
      throw e;
    }
  }

  /** Copies a vector on the host to one on the device; returns when it is there. */
  void copy(NDManager scratch, NDArray target, NDArray source) {
    NDArray staged = decoder.part(scratch, locked, 0, 0, source.size());
    decoder.module().call(scratch, "place", tensor(staged), tensor(source), whole(0));
    module.call(scratch, "copy", tensor(target), tensor(staged));
    module.call(scratch, "synchronize", tensor(target));
  }

  @Override
  public void close() {
    Closing.all(List.of(owner, module));
  }
}
