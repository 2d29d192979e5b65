package dev.selfpruner.gpu.reconstruct;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.gpu.NumericalException;
import dev.selfpruner.gpu.calibrate.LayerImportance;
import dev.selfpruner.gpu.model.HeadUnits;
import dev.selfpruner.gpu.model.LayerSize;
import dev.selfpruner.gpu.model.LayerWeight;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.torch.Closing;
import dev.selfpruner.gpu.torch.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The brain surgeon's order of whole layers, attention and MLP each on its own, from a model's
 * files and its Gram matrices. Threads may share it.
 */
public final class SurgeonOrder implements AutoCloseable {
  private final BrainSurgeon surgeon;
  private final GramMatrices matrices;
  private final NDManager owner;

  private SurgeonOrder(BrainSurgeon surgeon, GramMatrices matrices, NDManager owner) {
    this.surgeon = surgeon;
    this.matrices = matrices;
    this.owner = owner;
  }

  /**
   * Prepares a device.
   *
   * @param damping of the Gram matrices, in (0, 1]
   */
  public static SurgeonOrder on(Device device, double damping) {
    return new SurgeonOrder(
        BrainSurgeon.on(device, damping),
        GramMatrices.on(device),
        NDManager.newBaseManager(device, Torch.ENGINE));
  }

  /** What an order depends on beside the model, its Gram matrices and what computes. */
  public static String description(double damping) {
    return "brain-surgeon, damping %s, sources %.16s %.16s"
        .formatted(damping, GramMatrices.sourceSha256(), BrainSurgeon.sourceSha256());
  }

  /** Calls of a step's listener for a layer. */
  public static int steps(LlamaConfig config, int layer) {
    return 1 + BrainSurgeon.steps(config.layers().get(layer).neurons(), BrainSurgeon.PANEL);
  }

  /** Bytes on the device that a layer takes. */
  public static long bytes(LlamaConfig config, int layer) {
    LayerSize size = config.layers().get(layer);
    long heads = (long) size.queryHeads() * config.headSize();
    return BrainSurgeon.bytes(Math.max(heads, size.neurons()), config.hiddenSize());
  }

  /**
   * Orders a layer.
   *
   * @param gram the layer's {@link GramFile}
   * @param unit what goes from attention at once
   * @param step called after every part of the work; what it throws ends it
   * @return for each unit, in the stored model's order, how many go before it
   * @throws NumericalException if there is no such order; it says of which block
   */
  public LayerImportance layer(
      ModelDirectory model, int layer, Path gram, AttentionUnit unit, Runnable step)
      throws IOException {
    HeadUnits units = HeadUnits.of(model.config().layers().get(layer), unit);
    List<Integer> heads;
    try (NDManager manager = owner.newSubManager()) {
      NDArray inputs = GramFile.read(manager, matrices, gram, GramFile.ATTENTION);
      NDArray weight = matrices.read(manager, model.tensor(layer, LayerWeight.ATTENTION_OUTPUT));
      List<int[]> columns =
          units.steps().stream().map(taken -> columns(taken, model.config().headSize())).toList();
      int[] order =
          named(layer, "attention", () -> surgeon.units(inputs, weight, columns, units.teams()));
      heads = units.heads(Arrays.stream(order).boxed().toList());
    }
    step.run();
    try (NDManager manager = owner.newSubManager()) {
      NDArray inputs = GramFile.read(manager, matrices, gram, GramFile.MLP);
      NDArray weight = matrices.read(manager, model.tensor(layer, LayerWeight.DOWN));
      int[] neurons = named(layer, "MLP", () -> surgeon.columns(inputs, weight, step));
      return LayerImportance.ofOrder(heads, neurons);
    }
  }

  private static int[] named(int layer, String block, Supplier<int[]> order) {
    try {
      return order.get();
    } catch (NumericalException e) {
      throw new NumericalException("layer %d, %s: %s".formatted(layer, block, e.getMessage()), e);
    }
  }

  private static int[] columns(List<Integer> heads, int headSize) {
    return heads.stream()
        .flatMapToInt(head -> IntStream.range(head * headSize, (head + 1) * headSize))
        .toArray();
  }

  @Override
  public void close() {
    Closing.all(List.of(owner, matrices, surgeon));
  }
}
