package dev.selfpruner.gpu.llama;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.torch.Closing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Layers' weights that come from the host one after another, each while the device computes with
 * the one before: two layers are on the device at a time.
 */
final class StreamedLayers implements LayerSource {
  private final Decoder decoder;
  private final int first;
  private final int end;
  private final NDManager owner;
  private final Uploader uploader;
  private final List<Slot> slots = new ArrayList<>();
  private final ExecutorService ahead =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "next-layer");
            thread.setDaemon(true);
            return thread;
          });
  private Optional<Pending> pending = Optional.empty();

  /** What the layer that was taken last lies in. */
  private Optional<Slot> taken = Optional.empty();

  /** Where a layer lies, and what is needed to see it there. */
  private static final class Slot {
    private final NDArray block;
    private NDManager views;

    Slot(NDArray block, NDManager views) {
      this.block = block;
      this.views = views;
    }
  }

  /** A layer on its way. */
  private record Pending(int layer, Slot slot, Future<LayerWeights> weights) {}

  StreamedLayers(Decoder decoder, HostWeights weights, int first, int end) {
    this.decoder = decoder;
    this.first = first;
    this.end = end;
    this.owner = decoder.newManager();
    long largest =
        IntStream.range(first, end)
            .mapToLong(layer -> LayerBlock.of(weights.config(), layer).elements())
            .max()
            .orElseThrow();
    for (int i = 0; i < 2; i++) {
      slots.add(new Slot(decoder.room(owner, largest), owner.newSubManager()));
    }
    this.uploader = new Uploader(decoder, weights);
  }

  @Override
  public LayerWeights take(int layer) {
    Optional<Pending> begun = pending;
    pending = Optional.empty(); // a layer that fails on its way is asked for again
    Pending wanted;
    if (begun.isPresent() && begun.get().layer() == layer) {
      wanted = begun.get();
    } else {
      begun.ifPresent(StreamedLayers::awaitUnwanted);
      decoder.synchronize();
      taken = Optional.empty();
      wanted = begin(layer);
    }
    LayerWeights weights = await(wanted);
    // The layer before this one is in use until the device has done what was asked of it.
    decoder.synchronize();
    taken = Optional.of(wanted.slot());
    pending = Optional.of(begin(layer + 1 == end ? first : layer + 1));
    return weights;
  }

  /** Starts to fill a slot that is not the one that was taken last. */
  private Pending begin(int layer) {
    Slot slot =
        slots.stream().filter(each -> taken.isEmpty() || taken.get() != each).findFirst().get();
    return new Pending(layer, slot, ahead.submit(() -> fill(slot, layer)));
  }

  private LayerWeights fill(Slot slot, int layer) {
    slot.views.close();
    slot.views = owner.newSubManager();
    return uploader.load(slot.views, layer, slot.block);
  }

  /** Returns when nobody writes into the slot any more, however that ended. */
  private static void awaitUnwanted(Pending unwanted) {
    boolean interrupted = false;
    boolean waiting = true;
    while (waiting) {
      try {
        unwanted.weights().get();
        waiting = false;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        waiting = false; // nobody waits for this layer
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private LayerWeights await(Pending wanted) {
    try {
      return wanted.weights().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      pending = Optional.of(wanted); // still being written to
      throw new CancellationException("interrupted while a layer's weights were on their way");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("cannot load layer " + wanted.layer(), e.getCause());
    }
  }

  @Override
  public void close() {
    pending.ifPresent(StreamedLayers::awaitUnwanted);
    ahead.shutdown();
    Closing.all(List.of(uploader, owner));
  }
}
