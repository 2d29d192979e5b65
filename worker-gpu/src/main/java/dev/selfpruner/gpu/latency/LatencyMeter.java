package dev.selfpruner.gpu.latency;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.activities.plan.LatencyTable;
import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PrunableLayer;
import dev.selfpruner.activities.plan.PrunableModel;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LayerWeights;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.ModelPart;
import dev.selfpruner.gpu.torch.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Times a model's prefill on its device, through the decoder that evaluates: from the embedding to
 * the loss, of sequences of random tokens that are read at once. On a CPU that is the time of one
 * thread, which is all that a chunk of windows has there.
 */
public final class LatencyMeter {
  /** Changes with what is measured and how: part of a table's key. */
  public static final int VERSION = 1;

  private static final int SEED = 1;

  /** Widths at which an MLP is measured, beside the narrowest. */
  private static final int WIDTHS = 16;

  /** What the decoder pads widths to. */
  private static final int WIDTH_MULTIPLE = 16;

  /**
   * Blocks that follow each other between two looks at the clock: a GPU is given the next while it
   * computes, as it is in a whole model.
   */
  private static final int BLOCKS_ON_DEVICE = 10;

  private final ModelPart part;
  private final Stopwatch stopwatch;
  private final List<int[]> windows;

  /**
   * A meter of a model.
   *
   * @param model stays the caller's
   * @param sequences read at once
   * @param tokens of each, at least 2
   * @throws IllegalArgumentException if the model is not whole on one device: the time would be
   *     that of moving weights
   */
  public LatencyMeter(LoadedModel model, int sequences, int tokens) {
    this(model, sequences, tokens, Stopwatch.REPETITIONS, System::nanoTime);
  }

  LatencyMeter(
      LoadedModel model, int sequences, int tokens, int repetitions, LongSupplier nanoseconds) {
    if (model.parts().size() != 1 || !model.parts().get(0).resident()) {
      throw new IllegalArgumentException(
          "a latency is measured where one device holds the whole model: give more --device-memory, a larger device, or a budget of parameters");
    }
    int context = model.config().contextLength();
    if (tokens < 2 || tokens > context) {
      throw new IllegalArgumentException(
          "sequences of %d tokens do not fit the model: give 2 to %d".formatted(tokens, context));
    }
    this.part = model.parts().get(0);
    this.stopwatch = new Stopwatch(repetitions, nanoseconds);
    Random random = new Random(SEED);
    this.windows =
        IntStream.range(0, sequences)
            .mapToObj(i -> random.ints(tokens, 0, model.config().vocabularySize()).toArray())
            .toList();
  }

  /** Attention that keeps so many heads takes the same in every layer. */
  private record Attention(int queryHeads, int keyValueHeads) {
    static Attention of(PrunableLayer layer, int units) {
      int heads = layer.headsOf(units);
      return new Attention(heads, layer.keyValueHeadsKept(heads));
    }
  }

  /** An MLP that keeps so many neurons takes the same in every layer of as many. */
  private record Mlp(int kept, int all) {}

  /**
   * What each block takes: attention at every number of units, the MLP at up to 17 widths. Where a
   * smaller block was slower, both are given what they took on average.
   *
   * @param prunable the model's layers, in the order that it is loaded in
   */
  public LatencyTable table(PrunableModel prunable, ProgressListener listener) {
    Torch.prepareThread();
    Decoder decoder = part.decoder();
    try (NDManager manager = decoder.newManager()) {
      NDArray tokens = decoder.tokens(manager, windows);
      NDArray hidden = decoder.embed(manager, tokens);
      Map<Object, Stopwatch.Work> works = new LinkedHashMap<>();
      String outside = "outside";
      works.put(outside, () -> outside(decoder, tokens));
      for (int i = 0; i < prunable.layers().size(); i++) {
        PrunableLayer layer = prunable.layers().get(i);
        int index = i;
        for (int units = 1; units <= layer.attentionUnits(); units++) {
          Attention attention = Attention.of(layer, units);
          works.putIfAbsent(
              attention, () -> attention(decoder, index, hidden, attention.queryHeads()));
        }
        for (int kept : widths(layer.neurons())) {
          works.putIfAbsent(
              new Mlp(kept, layer.neurons()), () -> mlp(decoder, index, hidden, kept));
        }
      }
      List<Double> medians = stopwatch.seconds(List.copyOf(works.values()), listener);
      Map<Object, Double> seconds = new LinkedHashMap<>();
      int next = 0;
      for (Object work : works.keySet()) {
        double each = medians.get(next++);
        seconds.put(work, work.equals(outside) ? each : each / blocks());
      }
      return new LatencyTable(
          prunable.layers().stream().map(layer -> layer(layer, seconds)).toList(),
          seconds.get(outside));
    }
  }

  /** Seconds that plans take as whole models. */
  public List<Double> seconds(List<PruningPlan> plans, ProgressListener listener) {
    Torch.prepareThread();
    Decoder decoder = part.decoder();
    try (NDManager manager = decoder.newManager()) {
      NDArray tokens = decoder.tokens(manager, windows);
      List<Stopwatch.Work> works = new ArrayList<>();
      plans.forEach(plan -> works.add(() -> whole(decoder, tokens, plan)));
      return stopwatch.seconds(works, listener);
    }
  }

  private static LatencyTable.Layer layer(PrunableLayer layer, Map<Object, Double> seconds) {
    List<Integer> widths = widths(layer.neurons());
    return LatencyTable.Layer.measured(
        layer.headsInUnit(),
        IntStream.rangeClosed(1, layer.attentionUnits())
            .mapToObj(units -> seconds.get(Attention.of(layer, units)))
            .toList(),
        widths,
        widths.stream().map(kept -> seconds.get(new Mlp(kept, layer.neurons()))).toList());
  }

  /** Evenly from one neuron to all, at widths that the decoder needn't pad. */
  static List<Integer> widths(int all) {
    return IntStream.concat(
            IntStream.of(all),
            IntStream.range(0, WIDTHS)
                .map(i -> (int) ((long) all * i / WIDTHS) / WIDTH_MULTIPLE * WIDTH_MULTIPLE)
                .map(width -> Math.max(1, width)))
        .distinct()
        .sorted()
        .boxed()
        .toList();
  }

  private int blocks() {
    return part.decoder().device().isGpu() ? BLOCKS_ON_DEVICE : 1;
  }

  private void outside(Decoder decoder, NDArray tokens) {
    try (NDManager scratch = decoder.newManager()) {
      NDArray hidden = decoder.embed(scratch, tokens);
      NDArray unused = decoder.losses(scratch, hidden, tokens);
      decoder.synchronize();
    }
  }

  private void attention(Decoder decoder, int layer, NDArray hidden, int queryHeads) {
    LayerWeights weights = part.layers().take(layer);
    try (NDManager scratch = decoder.newManager()) {
      for (int i = 0; i < blocks(); i++) {
        decoder.attention(scratch, weights, hidden, queryHeads, false).close();
      }
      decoder.synchronize();
    }
  }

  private void mlp(Decoder decoder, int layer, NDArray hidden, int neurons) {
    LayerWeights weights = part.layers().take(layer);
    try (NDManager scratch = decoder.newManager()) {
      for (int i = 0; i < blocks(); i++) {
        decoder.mlp(scratch, weights, hidden, neurons, false).close();
      }
      decoder.synchronize();
    }
  }

  private void whole(Decoder decoder, NDArray tokens, PruningPlan plan) {
    try (NDManager scratch = decoder.newManager()) {
      NDArray hidden = decoder.embed(scratch, tokens);
      for (int i = 0; i < plan.layers().size(); i++) {
        LayerWeights weights = part.layers().take(i);
        LayerPlan kept = plan.layers().get(i);
        hidden = decoder.attention(scratch, weights, hidden, kept.queryHeads(), true);
        hidden = decoder.mlp(scratch, weights, hidden, kept.neurons(), true);
      }
      NDArray unused = decoder.losses(scratch, hidden, tokens);
      decoder.synchronize();
    }
  }
}
