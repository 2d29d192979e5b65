package dev.selfpruner.gpu.llama;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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
  private record Pending(int layer, Future<LayerWeights> weights) {}

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
    Pending found =
        pending
            .filter(next -> next.layer() == layer)
            .orElseGet(
                () -> {
                  pending.ifPresent(StreamedLayers::abandoned);
                  decoder.synchronize();
                  return begin(layer);
                });
    pending = Optional.empty(); // a layer that failed on its way is asked for again
    LayerWeights weights = await(found);
    // The layer before this one is in use until the device has done what was asked of it.
    decoder.synchronize();
    pending = Optional.of(begin(layer + 1 == end ? first : layer + 1));
    return weights;
  }

  /** Starts to fill the slot that holds the older layer; never the one that was taken last. */
  private Pending begin(int layer) {
    Slot slot = slots.remove(0);
    slots.add(slot);
    return new Pending(layer, ahead.submit(() -> fill(slot, layer)));
  }

  private LayerWeights fill(Slot slot, int layer) {
    slot.views.close();
    slot.views = owner.newSubManager();
    return uploader.load(slot.views, layer, slot.block);
  }

  private static void abandoned(Pending unwanted) {
    try {
      var unused = await(unwanted);
    } catch (IllegalStateException e) {
      // nobody waits for this layer
    }
  }

  private static LayerWeights await(Pending next) {
    try {
      return next.weights().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while a layer's weights were on their way");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("cannot load layer " + next.layer(), e.getCause());
    }
  }

  @Override
  public void close() {
    pending.ifPresent(StreamedLayers::abandoned);
    ahead.shutdown();
    uploader.close();
    owner.close();
  }
}
