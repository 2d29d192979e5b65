package dev.selfpruner.gpu.llama;

import static dev.selfpruner.gpu.torch.TorchArgument.tensor;
import static dev.selfpruner.gpu.torch.TorchArgument.whole;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.gpu.torch.TorchModule;
import java.util.List;

/**
 * Copies of hidden states between a device and the host, in the order of what the device computes.
 * With a CUDA device they go through page-locked memory, which the library keeps for the next.
 */
public final class HostCopies implements AutoCloseable {
  private final Decoder decoder;

  /** The code that CUDA devices need; none for a CPU, which couldn't compile it. */
  private final List<TorchModule> locking;

  public HostCopies(Decoder decoder) {
    this.decoder = decoder;
    this.locking =
        NumericType.isCpu(decoder.device()) ? List.of() : List.of(Transfer.load(decoder));
  }

  /** A copy of {@code [windows, sequence, hidden]} on the host. */
  public NDArray toHost(NDManager manager, NDArray hidden) {
    if (locking.isEmpty()) {
      return copy(manager, hidden);
    }
    TorchModule module = locking.get(0);
    try (NDManager scratch = decoder.newManager()) {
      NDArray flat = decoder.flat(scratch, hidden);
      NDArray host =
          module.call(scratch, "locked", tensor(flat), whole(flat.size())).singletonOrThrow();
      module.call(scratch, "copy", tensor(host), tensor(flat));
      return shaped(manager, host, hidden.getShape());
    }
  }

  /** A copy of an array on the host, on the device. */
  public NDArray toDevice(NDManager manager, NDArray hosted) {
    if (locking.isEmpty()) {
      return copy(manager, hosted);
    }
    try (NDManager scratch = decoder.newManager()) {
      NDArray flat = decoder.flat(scratch, hosted);
      NDArray room = decoder.room(scratch, flat.size());
      locking.get(0).call(scratch, "copy", tensor(room), tensor(flat));
      return shaped(manager, room, hosted.getShape());
    }
  }

  /** Another copy of an array that is on the host. */
  public NDArray copy(NDManager manager, NDArray array) {
    if (!locking.isEmpty()) {
      decoder.synchronize(); // the device may still be writing the first one
    }
    return decoder.move(manager, array, array);
  }

  private NDArray shaped(NDManager manager, NDArray flat, Shape shape) {
    return decoder
        .module()
        .call(manager, "shaped", tensor(flat), whole(shape.get(0)), whole(shape.get(1)))
        .singletonOrThrow();
  }

  @Override
  public void close() {
    locking.forEach(TorchModule::close);
  }
}
