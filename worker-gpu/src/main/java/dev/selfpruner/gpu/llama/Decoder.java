package dev.selfpruner.gpu.llama;

import static dev.selfpruner.gpu.torch.TorchArgument.real;
import static dev.selfpruner.gpu.torch.TorchArgument.tensor;
import static dev.selfpruner.gpu.torch.TorchArgument.tensors;
import static dev.selfpruner.gpu.torch.TorchArgument.whole;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.torch.Closing;
import dev.selfpruner.gpu.torch.Torch;
import dev.selfpruner.gpu.torch.TorchArgument;
import dev.selfpruner.gpu.torch.TorchModule;
import dev.selfpruner.gpu.torch.TorchScriptArchive;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The steps of a LLaMA model on one device, each a TorchScript method ({@code Llama.py}). Threads
 * may share it, each with a manager that owns what the steps return. It holds the embedding, the
 * final norm and the output head; layers' weights are arguments.
 */
public final class Decoder implements AutoCloseable {
  private static final TorchScriptArchive SOURCE =
      TorchScriptArchive.resource(Decoder.class, "Llama");

  /** Logits that exist at a time on a CPU: 8 MiB stay in its cache. */
  private static final int CPU_LOGITS = 1 << 21;

  /** Logits that exist at a time elsewhere: enough to fill a GPU. */
  private static final int DEVICE_LOGITS = 1 << 25;

  private final NDManager owner;
  private final TorchModule module;
  private final LlamaConfig config;
  private final NumericType type;
  private final NDArray embedding;
  private final NDArray finalNorm;
  private final NDArray outputHead;
  private final Map<Integer, List<NDArray>> rotary = new ConcurrentHashMap<>();

  private Decoder(NDManager owner, TorchModule module, HostWeights weights) {
    this.owner = owner;
    this.module = module;
    this.config = weights.config();
    this.type = weights.type();
    this.embedding = held(weights::embedding);
    this.finalNorm = held(weights::finalNorm);
    this.outputHead = config.tiedEmbeddings() ? embedding : held(weights::outputHead);
  }

  /** Prepares a device: loads the code and all weights but those of the layers. */
  static Decoder on(Device device, HostWeights weights) {
    TorchModule module = TorchModule.load(SOURCE, device);
    NDManager owner = NDManager.newBaseManager(device, Torch.ENGINE);
    try {
      return new Decoder(owner, module, weights);
    } catch (RuntimeException | Error e) {
      Closing.all(List.of(owner, module));
      throw e;
    }
  }

  /** Digest of the decoder's source: part of what an evaluation's number depends on. */
  public static String sourceSha256() {
    return SOURCE.sourceSha256();
  }

  /** A manager for arrays that are not on a device, whatever the engine's default is. */
  static NDManager hostManager() {
    return NDManager.newBaseManager(Device.cpu(), Torch.ENGINE);
  }

  /** Compiles the code for arrays on the host. */
  static TorchModule hostModule() {
    return TorchModule.load(SOURCE, Device.cpu());
  }

  public LlamaConfig config() {
    return config;
  }

  public NumericType type() {
    return type;
  }

  public Device device() {
    return owner.getDevice();
  }

  public NDManager newManager() {
    return owner.newSubManager();
  }

  /** Bytes of logits and what is computed of them that exist at a time. */
  static long bytesOfLogits(Device device, NumericType type) {
    long logits = NumericType.isCpu(device) ? CPU_LOGITS : DEVICE_LOGITS;
    return logits * (type.bytes() + 2L * Float.BYTES);
  }

  /** Token ids as {@code [windows, sequence]}. */
  public NDArray tokens(NDManager manager, List<int[]> windows) {
    int length = windows.get(0).length;
    long[] ids = windows.stream().flatMapToInt(Arrays::stream).asLongStream().toArray();
    return manager.create(ids, new Shape(windows.size(), length));
  }

  /** {@code [windows, sequence] -> [windows, sequence, hidden]}. */
  public NDArray embed(NDManager manager, NDArray tokens) {
    return one(manager, "embed", tensor(tokens), tensor(embedding));
  }

  /**
   * The attention of a layer, added to its input: {@code [windows, sequence, hidden]} to the same
   * shape.
   *
   * @param queryHeads heads of the layer's first that are there
   * @param last whether nobody reads the input after this: the result takes its place
   */
  public NDArray attention(
      NDManager manager, LayerWeights weights, NDArray hidden, int queryHeads, boolean last) {
    return attention(manager, "attention", weights, hidden, queryHeads, last).singletonOrThrow();
  }

  /** As {@link #attention}, observing what o_proj reads. */
  public Observed observedAttention(
      NDManager manager, LayerWeights weights, NDArray hidden, int queryHeads, boolean last) {
    return observed(attention(manager, "observed_attention", weights, hidden, queryHeads, last));
  }

  /**
   * The MLP of a layer, added to its input: {@code [windows, sequence, hidden]} to the same shape.
   *
   * @param neurons of the layer's first that are there
   * @param last whether nobody reads the input after this: the result takes its place
   */
  public NDArray mlp(
      NDManager manager, LayerWeights weights, NDArray hidden, int neurons, boolean last) {
    return mlp(manager, "mlp", weights, hidden, neurons, last).singletonOrThrow();
  }

  /** As {@link #mlp}, observing what down_proj reads. */
  public Observed observedMlp(
      NDManager manager, LayerWeights weights, NDArray hidden, int neurons, boolean last) {
    return observed(mlp(manager, "observed_mlp", weights, hidden, neurons, last));
  }

  /**
   * What o_proj reads: causal self-attention's output, heads in the order of the weights' layout.
   *
   * @param hidden {@code [windows, sequence, hidden]}, which stays as it is
   * @param queryHeads heads of the layer's first that are there
   * @return {@code [windows * sequence, queryHeads * head]}
   */
  public NDArray attentionInputs(
      NDManager manager, LayerWeights weights, NDArray hidden, int queryHeads) {
    return one(
        manager,
        "attend",
        tensor(hidden),
        tensors(weights.arrays()),
        tensors(rotary(hidden)),
        whole(queryHeads),
        whole(config.headSize()),
        whole(weights.layout().keyValueHeadsOf(queryHeads)),
        real(config.rmsNormEpsilon()));
  }

  /**
   * What down_proj reads: activations of the MLP, neurons in the order of the weights' layout.
   *
   * @param hidden {@code [windows, sequence, hidden]}, which stays as it is
   * @param neurons of the layer's first that are there
   * @return {@code [windows * sequence, n]} with n at least {@code neurons}: the next multiple of
   *     16, or all that the layer has; the columns from {@code neurons} on are zero
   */
  public NDArray mlpInputs(NDManager manager, LayerWeights weights, NDArray hidden, int neurons) {
    return one(
        manager,
        "activate",
        tensor(hidden),
        tensors(weights.arrays()),
        whole(neurons),
        real(config.rmsNormEpsilon()));
  }

  /**
   * The residual stream with a projection of {@code inputs} added: what {@link #attention} and
   * {@link #mlp} make of {@link #attentionInputs} and {@link #mlpInputs}.
   *
   * @param hidden {@code [windows, sequence, hidden]}
   * @param inputs {@code [windows * sequence, n]}
   * @param weight a transposed projection, {@code [n or more, hidden]}: its first n rows are read
   * @param last whether nobody reads {@code hidden} after this: the result takes its place
   * @return {@code [windows, sequence, hidden]}
   */
  public NDArray project(
      NDManager manager, NDArray hidden, NDArray inputs, NDArray weight, boolean last) {
    return one(
        manager, "project", tensor(hidden), tensor(inputs), tensor(weight), whole(last ? 1 : 0));
  }

  /**
   * Sum over each window of the negative log likelihood, in nats, of every token but the first.
   *
   * @return {@code [windows]}, float64
   */
  public NDArray losses(NDManager manager, NDArray hidden, NDArray tokens) {
    return one(
        manager,
        "losses",
        tensor(hidden),
        tensor(tokens),
        tensor(finalNorm),
        tensor(outputHead),
        real(config.rmsNormEpsilon()),
        whole(logitsAtATime()));
  }

  /**
   * The likeliest next tokens at every position but the last of each window.
   *
   * @return token ids, int32, and log probabilities, float32: both {@code [positions, count]}
   */
  public NDList likeliest(NDManager manager, NDArray hidden, int count) {
    return module.call(
        manager,
        "likeliest",
        tensor(hidden),
        tensor(finalNorm),
        tensor(outputHead),
        real(config.rmsNormEpsilon()),
        whole(logitsAtATime()),
        whole(count));
  }

  /**
   * Sum over each window of the Kullback-Leibler divergence, in nats, of this model's prediction
   * from another's, whose likeliest tokens are given.
   *
   * @param likeliest int32 {@code [positions, count]}, as {@link #likeliest} gives them
   * @param expected their log probabilities, float32
   * @return {@code [windows]}, float64
   */
  public NDArray divergences(
      NDManager manager, NDArray hidden, NDArray likeliest, NDArray expected) {
    return one(
        manager,
        "divergences",
        tensor(hidden),
        tensor(likeliest),
        tensor(expected),
        tensor(finalNorm),
        tensor(outputHead),
        real(config.rmsNormEpsilon()),
        whole(logitsAtATime()));
  }

  /** Logits of {@code [windows, sequence, hidden]}: {@code [windows, sequence, vocabulary]}. */
  public NDArray logits(NDManager manager, NDArray hidden) {
    return one(
        manager,
        "logits",
        tensor(hidden),
        tensor(finalNorm),
        tensor(outputHead),
        real(config.rmsNormEpsilon()));
  }

  /** Mean over output rows of the magnitude of a transposed projection's columns: {@code [in]}. */
  public double[] columnMagnitudes(NDArray transposed) {
    try (NDManager manager = newManager()) {
      return one(manager, "column_magnitudes", tensor(transposed)).toDoubleArray();
    }
  }

  /** A copy of a host's or another device's array on this decoder's device. */
  public NDArray here(NDManager manager, NDArray array) {
    return move(manager, array, finalNorm);
  }

  /** An array as one vector: a view. */
  NDArray flat(NDManager manager, NDArray array) {
    return one(manager, "flat", tensor(array));
  }

  /** The matrix, or the vector where {@code rows} is 0, that begins at {@code start}: a view. */
  NDArray part(NDManager manager, NDArray flat, long start, long rows, long columns) {
    return one(manager, "part", tensor(flat), whole(start), whole(rows), whole(columns));
  }

  /** A copy of an array of any device, next to {@code like}. */
  NDArray move(NDManager manager, NDArray array, NDArray like) {
    return one(manager, "move", tensor(array), tensor(like));
  }

  /** Returns when everything that was asked of the device on its main stream is done. */
  public void synchronize() {
    try (NDManager manager = newManager();
        NDArray probe = part(manager, finalNorm, 0, 0, 1);
        NDArray wide =
            one(manager, "cast", tensor(probe), whole(NumericType.FLOAT32.torchCode()))) {
      wide.toFloatArray();
    }
  }

  /** Uninitialised numbers of the decoder's type on its device: {@code [count]}. */
  NDArray room(NDManager manager, long count) {
    return one(manager, "room", tensor(finalNorm), whole(count), whole(type.torchCode()));
  }

  TorchModule module() {
    return module;
  }

  @Override
  public void close() {
    Closing.all(List.of(owner, module));
  }

  /** The host's own array on a CPU, a copy elsewhere. */
  private NDArray held(Function<NDManager, NDArray> weight) {
    if (NumericType.isCpu(device())) {
      return weight.apply(owner);
    }
    try (NDManager host = hostManager();
        NDArray like = owner.zeros(new Shape(1))) {
      return move(owner, weight.apply(host), like);
    }
  }

  private NDList attention(
      NDManager manager,
      String method,
      LayerWeights weights,
      NDArray hidden,
      int queryHeads,
      boolean last) {
    return module.call(
        manager,
        method,
        tensor(hidden),
        tensors(weights.arrays()),
        tensors(rotary(hidden)),
        whole(queryHeads),
        whole(config.headSize()),
        whole(weights.layout().keyValueHeadsOf(queryHeads)),
        real(config.rmsNormEpsilon()),
        whole(last ? 1 : 0));
  }

  private NDList mlp(
      NDManager manager,
      String method,
      LayerWeights weights,
      NDArray hidden,
      int neurons,
      boolean last) {
    return module.call(
        manager,
        method,
        tensor(hidden),
        tensors(weights.arrays()),
        whole(neurons),
        real(config.rmsNormEpsilon()),
        whole(last ? 1 : 0));
  }

  private static Observed observed(NDList results) {
    try (NDArray squares = results.get(1)) {
      return new Observed(results.get(0), squares.toDoubleArray());
    }
  }

  private NDArray one(NDManager manager, String method, TorchArgument... arguments) {
    return module.call(manager, method, arguments).singletonOrThrow();
  }

  private int logitsAtATime() {
    return NumericType.isCpu(device()) ? CPU_LOGITS : DEVICE_LOGITS;
  }

  private List<NDArray> rotary(NDArray hidden) {
    return rotary.computeIfAbsent(Math.toIntExact(hidden.getShape().get(1)), this::rotary);
  }

  /** What turns the pairs of a head's elements at each position, as {@code Llama.py} takes it. */
  private List<NDArray> rotary(int sequenceLength) {
    double[] frequencies = config.inverseFrequencies();
    int pairs = frequencies.length;
    float[] cosines = new float[sequenceLength * pairs];
    float[] sines = new float[cosines.length];
    for (int i = 0; i < cosines.length; i++) {
      int position = i / pairs;
      double angle = position * frequencies[i % pairs];
      cosines[i] = (float) Math.cos(angle);
      sines[i] = (float) Math.sin(angle);
    }
    int complex = type.complexCode(device());
    if (complex != NumericType.NO_COMPLEX) {
      try (NDManager scratch = newManager()) {
        Shape shape = new Shape(sequenceLength, 1, pairs);
        return List.of(
            one(
                owner,
                "complex",
                tensor(scratch.create(cosines, shape)),
                tensor(scratch.create(sines, shape)),
                whole(complex)));
      }
    }
    Shape shape = new Shape(sequenceLength, 1, 2L * pairs);
    return List.of(
        table(interleaved(cosines, cosines, 1), shape),
        table(interleaved(sines, sines, -1), shape));
  }

  /** {@code sign * first[0], second[0], sign * first[1], ...}. */
  private static float[] interleaved(float[] first, float[] second, int sign) {
    float[] both = new float[2 * first.length];
    for (int i = 0; i < first.length; i++) {
      both[2 * i] = sign * first[i];
      both[2 * i + 1] = second[i];
    }
    return both;
  }

  private NDArray table(float[] values, Shape shape) {
    try (NDArray wide = owner.create(values, shape)) {
      return one(owner, "cast", tensor(wide), whole(type.torchCode()));
    }
  }
}
