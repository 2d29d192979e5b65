package dev.selfpruner.gpu.train;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.torch.Torch;
import dev.selfpruner.gpu.torch.TorchModule;
import dev.selfpruner.gpu.torch.TorchScriptArchive;
import java.util.Arrays;
import java.util.List;

/** A decoder whose weights change: one vector of parameters in native memory, and its gradient. */
final class TrainableDecoder implements AutoCloseable {
  private final ParameterLayout layout;
  private final int positions;
  private final NDManager owner;
  private final TorchModule module;
  private final NDArray cosine;
  private final NDArray sine;
  private final NDArray parameters;

  /**
   * @param positions tokens predicted in a window
   * @param initial one value for each parameter of the layout
   */
  TrainableDecoder(LlamaConfig config, ParameterLayout layout, int positions, float[] initial) {
    this.layout = layout;
    this.positions = positions;
    this.module =
        TorchModule.load(
            TorchScriptArchive.resource(TrainableDecoder.class, "TrainedDecoder"), Device.cpu());
    this.owner = NDManager.newBaseManager(Device.cpu(), Torch.ENGINE);
    double[] frequencies = config.inverseFrequencies();
    this.cosine = owner.create(new Shape(positions, config.headSize()));
    this.sine = owner.create(new Shape(positions, config.headSize()));
    cosine.set(angles(frequencies, true));
    sine.set(angles(frequencies, false));
    this.parameters = owner.create(initial);
    parameters.setRequiresGradient(true);
  }

  NDArray parameters() {
    return parameters;
  }

  /** The gradient of the last {@link #learn}; it belongs to the caller. */
  NDArray gradient() {
    return parameters.getGradient();
  }

  /**
   * Runs a batch forward and backward; the gradient is then that of this batch alone.
   *
   * @param tokens {@code [batch, positions + 1]}, in row-major order
   * @param kept for each layer, 1 to run it and 0 to skip it
   * @return mean loss of the predicted tokens, in nats
   */
  double learn(long[] tokens, float[] kept) {
    try (NDManager scratch = owner.newSubManager();
        GradientCollector collector = Engine.getEngine(Torch.ENGINE).newGradientCollector()) {
      clearGradient(scratch);
      NDArray loss = forward(scratch, tokens, kept);
      collector.backward(loss);
      return loss.getFloat();
    }
  }

  /** Mean loss of the predicted tokens, in nats, with all layers and without a gradient. */
  double loss(long[] tokens) {
    float[] all = new float[layers()];
    Arrays.fill(all, 1f);
    try (NDManager scratch = owner.newSubManager()) {
      return forward(scratch, tokens, all).getFloat();
    }
  }

  private int layers() {
    return layout.slots().size() / ParameterLayout.WEIGHTS_OF_A_LAYER;
  }

  private NDArray forward(NDManager scratch, long[] tokens, float[] kept) {
    int length = positions + 1;
    NDArray windows = scratch.create(tokens).reshape(tokens.length / length, length);
    NDList inputs = new NDList(windows, cosine, sine, scratch.create(kept));
    inputs.addAll(weights(scratch));
    return module.callForTraining("loss", inputs).singletonOrThrow();
  }

  private NDList weights(NDManager scratch) {
    List<ParameterLayout.Slot> slots = layout.slots();
    long[] starts = slots.stream().skip(1).mapToLong(ParameterLayout.Slot::offset).toArray();
    NDList flat = parameters.split(starts);
    flat.attach(scratch);
    NDList weights = new NDList();
    for (int i = 0; i < slots.size(); i++) {
      NDArray weight = flat.get(i).reshape(slots.get(i).dimensions());
      weight.setName("weights[]");
      weights.add(weight);
    }
    return weights;
  }

  private void clearGradient(NDManager scratch) {
    NDArray gradient = parameters.getGradient();
    gradient.attach(scratch);
    gradient.subi(gradient);
  }

  /** {@code [positions, head]}: both halves of a head turn by the same angles. */
  private float[] angles(double[] frequencies, boolean isCosine) {
    int head = 2 * frequencies.length;
    float[] values = new float[positions * head];
    for (int i = 0; i < values.length; i++) {
      int position = i / head;
      double angle = position * frequencies[i % frequencies.length];
      values[i] = (float) (isCosine ? Math.cos(angle) : Math.sin(angle));
    }
    return values;
  }

  @Override
  public void close() {
    module.close();
    owner.close();
  }
}
