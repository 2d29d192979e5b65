package dev.selfpruner.gpu.reconstruct;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.gpu.engine.Block;
import dev.selfpruner.gpu.engine.Chunk;
import dev.selfpruner.gpu.engine.Pass;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LayerWeights;
import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.torch.Closing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Sums up the Gram matrices of what o_proj and down_proj read, for one layer of each device at a
 * time. A layer is done with its last chunk; where the engine's memory makes it move through the
 * layers in several groups of chunks, a layer's sums wait in a file for the next group.
 */
final class GramPass implements Pass<Integer>, AutoCloseable {
  private final int chunks;
  private final Path folder;
  private final GramCollector.Layers layers;
  private final Map<Decoder, OnDevice> devices = new HashMap<>();

  /** Chunks in the sums of a layer that wait in a file. */
  private final Map<Integer, Integer> waiting = new HashMap<>();

  private boolean announced;

  /**
   * A pass over so many chunks.
   *
   * @param folder for files while they are needed
   * @param layers given each layer when it is complete
   */
  GramPass(int chunks, Path folder, GramCollector.Layers layers) {
    this.chunks = chunks;
    this.folder = folder;
    this.layers = layers;
  }

  /** To be called before a run: what an earlier one that failed has left is forgotten. */
  synchronized void begin() {
    devices.values().forEach(OnDevice::forget);
    waiting.clear();
  }

  @Override
  public NDArray attention(Place place, Block block) {
    LayerWeights weights = block.weights();
    NDArray inputs =
        block.decoder().attentionInputs(block.manager(), weights, block.hidden(), block.kept());
    NDArray output = projected(block, inputs, weights.attentionOutput());
    if (layers.wants(place.layer())) {
      boolean unused = sums(block.decoder(), place.layer()).attention().add(place.chunk(), inputs);
    }
    return output;
  }

  @Override
  public NDArray mlp(Place place, Block block) {
    LayerWeights weights = block.weights();
    NDArray inputs =
        block.decoder().mlpInputs(block.manager(), weights, block.hidden(), block.kept());
    NDArray output = projected(block, inputs, weights.down());
    if (!layers.wants(place.layer())) {
      return output;
    }
    LayerSums sums = sums(block.decoder(), place.layer());
    // All chunks went through the layer's attention before the last one's MLP was added.
    if (sums.mlp().add(place.chunk(), inputs)) {
      finish(block.decoder(), sums);
    }
    return output;
  }

  /** Nothing: what this is for is in the layers. */
  @Override
  public Integer finish(
      Decoder decoder, NDManager manager, NDArray hidden, Chunk windows, int chunk) {
    return chunk;
  }

  @Override
  public synchronized void close() {
    Closing.all(new ArrayList<>(devices.values()));
  }

  private static NDArray projected(Block block, NDArray inputs, NDArray weight) {
    return block.decoder().project(block.manager(), block.hidden(), inputs, weight, block.last());
  }

  /** A layer's sums on a device. */
  private record LayerSums(int layer, NDManager owner, GramSums attention, GramSums mlp) {}

  /** What computes, and the sums of the layer that it is at. */
  private static final class OnDevice implements AutoCloseable {
    private final GramMatrices matrices;
    private Optional<LayerSums> current = Optional.empty();

    OnDevice(GramMatrices matrices) {
      this.matrices = matrices;
    }

    void forget() {
      current.ifPresent(sums -> sums.owner().close());
      current = Optional.empty();
    }

    @Override
    public void close() {
      Closing.all(List.<AutoCloseable>of(this::forget, matrices));
    }
  }

  /** The sums of a layer; those of another layer on the device make room for them. */
  private synchronized LayerSums sums(Decoder decoder, int layer) {
    OnDevice device =
        devices.computeIfAbsent(decoder, unused -> new OnDevice(GramMatrices.on(decoder.device())));
    if (device.current.isPresent() && device.current.get().layer() == layer) {
      return device.current.get();
    }
    try {
      if (device.current.isPresent()) {
        announceWaiting(decoder.config());
        suspend(device.matrices, device.current.get());
        device.forget();
      }
      device.current = Optional.of(resumed(decoder, device.matrices, layer));
      return device.current.get();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the sums of a layer: " + e.getMessage(), e);
    }
  }

  /** Once: later there are no more of them. */
  private void announceWaiting(LlamaConfig config) throws IOException {
    if (!announced) {
      layers.waiting(
          IntStream.range(0, config.layers().size())
              .filter(layers::wants)
              .mapToLong(layer -> GramSize.ofLayer(config, layer))
              .sum());
      announced = true;
    }
  }

  /** Called when no thread is in the layer any more. */
  private void suspend(GramMatrices matrices, LayerSums sums) throws IOException {
    GramFile.write(file(sums.layer()), matrices, sums.attention().panels(), sums.mlp().panels());
    waiting.put(sums.layer(), sums.mlp().chunksInAll());
  }

  private LayerSums resumed(Decoder decoder, GramMatrices matrices, int layer) throws IOException {
    NDManager owner = decoder.newManager();
    try {
      Integer before = waiting.remove(layer);
      if (before == null) {
        LayerSize size = decoder.config().layers().get(layer);
        NDArray like = owner.zeros(new Shape(1));
        int heads = size.queryHeads() * decoder.config().headSize();
        return new LayerSums(
            layer,
            owner,
            new GramSums(matrices, owner, matrices.zeros(owner, like, heads), 0, chunks),
            new GramSums(matrices, owner, matrices.zeros(owner, like, size.neurons()), 0, chunks));
      }
      Path file = file(layer);
      NDArray attention = GramFile.read(owner, matrices, file, GramFile.ATTENTION);
      NDArray mlp = GramFile.read(owner, matrices, file, GramFile.MLP);
      Files.delete(file);
      return new LayerSums(
          layer,
          owner,
          new GramSums(matrices, owner, attention, before, chunks),
          new GramSums(matrices, owner, mlp, before, chunks));
    } catch (IOException | RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  private void finish(Decoder decoder, LayerSums sums) {
    GramMatrices matrices;
    synchronized (this) {
      matrices = devices.get(decoder).matrices;
    }
    Path file = file(sums.layer());
    try {
      NDArray attention = sums.attention().mirrored();
      NDArray mlp = sums.mlp().mirrored();
      requireNumbers(matrices, sums.layer(), attention);
      requireNumbers(matrices, sums.layer(), mlp);
      GramFile.write(file, matrices, attention, mlp);
      layers.complete(sums.layer(), file);
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot keep the Gram matrices of layer %d: %s".formatted(sums.layer(), e.getMessage()),
          e);
    }
    synchronized (this) {
      devices.get(decoder).forget();
    }
  }

  private static void requireNumbers(GramMatrices matrices, int layer, NDArray sums) {
    try (NDManager scratch = sums.getManager().newSubManager()) {
      if (!matrices.isFinite(scratch, sums)) {
        throw new IllegalArgumentException(
            "the Gram matrices of layer %d are not finite: the model's activations overflow; calibrate in float32"
                .formatted(layer));
      }
    }
  }

  private Path file(int layer) {
    return folder.resolve("layer-" + layer + ".safetensors");
  }
}
