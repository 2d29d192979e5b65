package dev.selfpruner.gpu.reconstruct;

import dev.selfpruner.gpu.engine.Chunk;
import dev.selfpruner.gpu.engine.Chunks;
import dev.selfpruner.gpu.engine.FitnessEngine;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.llama.LayerLayout;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Gram matrices of what every layer's o_proj and down_proj read, from one pass of the dense model.
 * Products and sums are in float32, the sums in the order of the chunks: the same bits whatever the
 * threads and the memory.
 *
 * <p>Memory on a device, beside the model and its hidden states: the matrices of one layer (0.55 GB
 * at 7B's sizes, 3.6 GB at 70B's) and a chunk's inputs. Disk: the caller keeps each layer's file
 * when it is complete; in the work directory there is one layer at a time, or all of them where the
 * hidden states of the text don't fit in memory together and move through the layers in groups.
 */
public final class GramCollector {
  private final TorchThreads threads;
  private final MemoryBudget memory;

  /**
   * A collector for models one after another.
   *
   * @param threads stay the caller's
   * @param memory as the models were loaded with
   */
  public GramCollector(TorchThreads threads, MemoryBudget memory) {
    this.threads = threads;
    this.memory = memory;
  }

  /** Digest of what sums up: part of what the matrices depend on. */
  public static String sourceSha256() {
    return GramMatrices.sourceSha256();
  }

  /** Takes layers as they become complete. */
  @FunctionalInterface
  public interface Layers {
    /**
     * Whether a layer's matrices are asked for; the pass goes through the others all the same, and
     * multiplies and writes nothing for them. May become false for a layer that is complete.
     */
    default boolean wants(int layer) {
      return true;
    }

    /**
     * The sums of all layers that are wanted are about to wait in the work directory, because
     * hidden states move through the layers in groups. Told before the first of them is written.
     *
     * @param bytes of all of them
     * @throws IOException if there is no room for them, which ends the run
     */
    default void waiting(long bytes) throws IOException {}

    /**
     * A layer is complete. After a run that was out of memory one that is still wanted comes again,
     * with the same content.
     *
     * @param file a {@link GramFile}, which is deleted after this
     */
    void complete(int layer, Path file) throws IOException;
  }

  /**
   * Memory that a model may take on each device, so that the rest is enough for this.
   *
   * @throws IllegalArgumentException if the matrices alone are too large
   */
  public static MemoryBudget forModel(
      MemoryBudget memory, LlamaConfig config, int tokensInChunk, int threads) {
    long own = GramSize.whileCollecting(config, tokensInChunk, threads);
    if (own >= memory.device()) {
      throw new IllegalArgumentException(
          "the Gram matrices of one layer and what goes into them take %,d MiB, and there are %,d MiB of device memory: give more with --device-memory"
              .formatted(own >> 20, memory.device() >> 20));
    }
    // No states of the dense model are kept: a run that starts again sees all layers.
    return new MemoryBudget(memory.device() - own, memory.host(), 0);
  }

  /**
   * Runs the dense model over calibration text.
   *
   * @param model with its units in the stored order, loaded with {@link #forModel}'s memory
   * @param workDirectory for files on their way; made if it isn't there
   * @throws IllegalArgumentException if a token is not of this model, or its activations overflow,
   *     or its units are in another order
   */
  public void collect(
      LoadedModel model,
      TokenWindows windows,
      int windowsPerChunk,
      Path workDirectory,
      ProgressListener listener,
      Layers layers)
      throws IOException {
    requireStored(model);
    model.requireKnows(windows.ids());
    List<Chunk> chunks = Chunks.of(windows, windowsPerChunk);
    int tokens = chunks.stream().mapToInt(Chunk::tokens).max().orElseThrow();
    MemoryBudget left = forModel(memory, model.config(), tokens, threads.count());
    Files.createDirectories(workDirectory);
    Path folder = Files.createTempDirectory(workDirectory, "gram");
    try (GramPass pass = new GramPass(chunks.size(), folder, layers);
        FitnessEngine engine = new FitnessEngine(model, threads, left)) {
      engine.run(
          List.of(model.dense()),
          chunks,
          pass,
          (done, total) -> {
            if (done == 0) {
              pass.begin();
            }
            listener.advanced(done, total);
          },
          (plan, nothing) -> {});
    } finally {
      delete(folder);
    }
  }

  private static void requireStored(LoadedModel model) {
    for (int layer = 0; layer < model.config().layers().size(); layer++) {
      LayerLayout layout = model.layout(layer);
      if (!isAscending(layout.queryHeads()) || !isAscending(layout.neurons())) {
        throw new IllegalArgumentException(
            "Gram matrices are of a model with its units in the stored order");
      }
    }
  }

  private static boolean isAscending(List<Integer> units) {
    return units.equals(IntStream.range(0, units.size()).boxed().toList());
  }

  private static void delete(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(folder)) {
      files = found.toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
    Files.delete(folder);
  }
}
