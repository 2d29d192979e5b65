package dev.selfpruner.gpu.reconstruct;

import ai.djl.ndarray.NDArray;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.engine.Chunk;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.engine.Steps;
import dev.selfpruner.gpu.llama.Decoder;
import dev.selfpruner.gpu.llama.LayerWeights;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.llama.ModelPart;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.torch.OutOfMemory;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fits a plan's output projections layer by layer, in one pass over calibration windows that holds
 * two residual streams: the dense model's, and the pruned model's. What a projection reads, A,
 * comes from the pruned stream; what it is to add, T, is the dense stream after the block less the
 * pruned stream before it, so that each block mends what those before it left. It becomes the W
 * that minimises |A W - T|^2 + damping mean(diag A^T A) |W - W_S|^2, with W_S a {@link Prior}: the
 * weights of the units that stay, or what a dense-once fit makes of them. Of the former, shrinking
 * to zero instead was worse where the text is like the model's training (SmolLM2 at 30 %, damping
 * 3e-4: 78.0 against 77.2), and better where a model of stories read an encyclopedia (stories260k
 * at 30 %, damping 0.1: 107.5 against 111.6).
 *
 * <p>Blocks before the first that loses units are exact, and stay as they are; all after it are
 * fitted, those that lose nothing too, since they mend the residual: with every third layer of
 * stories260k halved, perplexity was 108.0 so, and 113.7 where only the halved ones were fitted.
 *
 * <p>One block's statistics and one layer's weights are there at a time. Each finished layer is
 * kept; a fit that begins again computes the streams alone up to the first layer that is missing,
 * and ends with the same bytes.
 */
public final class SequentialFit {
  /** Rows of a Gram matrix that a thread adds to at a time: fixed, so that sums are. */
  static final int ROWS = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(SequentialFit.class);
  private static final double AFTER_OUT_OF_MEMORY = 0.75;
  private static final int SMALLER_BUDGETS = 3;

  private final LoadedModel model;
  private final TorchThreads threads;
  private final MemoryBudget memory;
  private final Prior prior;

  /**
   * A fit of a model's plans that shrinks towards the weights as they are.
   *
   * @param model in an order of importance; stays the caller's
   * @param threads stay the caller's
   * @param memory of each device, and of the host
   */
  public SequentialFit(LoadedModel model, TorchThreads threads, MemoryBudget memory) {
    this(model, threads, memory, Prior.KEPT);
  }

  private SequentialFit(LoadedModel model, TorchThreads threads, MemoryBudget memory, Prior prior) {
    this.model = model;
    this.threads = threads;
    this.memory = memory;
    this.prior = prior;
  }

  /** As this, but shrinking towards fits of the same model, which stay the caller's. */
  public SequentialFit towards(DenseOnceFits fits) {
    return new SequentialFit(model, threads, memory, fits);
  }

  /** The first layer that a plan changes; none where it keeps everything. */
  public static OptionalInt firstFitted(LlamaConfig config, PruningPlan plan) {
    return IntStream.range(0, config.layers().size())
        .filter(
            layer ->
                !keepsAll(config, plan, layer, Projection.ATTENTION)
                    || !keepsAll(config, plan, layer, Projection.MLP))
        .findFirst();
  }

  static boolean keepsAll(LlamaConfig config, PruningPlan plan, int layer, Projection projection) {
    return projection.kept(plan.layers().get(layer))
        == projection.units(config.layers().get(layer));
  }

  /**
   * Fits a plan; afterwards {@code layers} has all from {@link #firstFitted} on.
   *
   * @param chunks what the projections are fitted on
   * @param damping in (0, 1]
   * @throws IllegalArgumentException if the plan is not of this model, if the memory is too small,
   *     or if activations overflow
   */
  public void run(
      PruningPlan plan,
      List<Chunk> chunks,
      double damping,
      KeptLayers layers,
      ProgressListener listener) {
    model.requireFits(plan);
    int end = model.config().layers().size();
    int first = firstFitted(model.config(), plan).orElse(end);
    int stop =
        IntStream.range(first, end)
            .filter(layer -> !layers.has(layer))
            .map(layer -> layer + 1)
            .max()
            .orElse(0);
    Fit fit = new Fit(plan, damping, prior, layers, stop);
    MemoryBudget budget = memory;
    for (int smaller = 0; ; smaller++) {
      try {
        run(fit, chunks, budget, listener);
        return;
      } catch (RuntimeException e) {
        if (!OutOfMemory.is(e) || smaller == SMALLER_BUDGETS) {
          throw e;
        }
        LOG.warn("out of memory: going on with more of the streams on the host", e);
        OutOfMemory.releaseCaches();
        budget = budget.withDevice((long) (budget.device() * AFTER_OUT_OF_MEMORY));
      }
    }
  }

  private void run(Fit fit, List<Chunk> chunks, MemoryBudget budget, ProgressListener listener) {
    // Each block is read and advanced; the embedding counts too, so that there always is a step.
    long blocks = (long) fit.stop() * Projection.values().length;
    Steps steps = new Steps((2 * blocks + 1) * chunks.size(), listener);
    ChunkTasks tasks = new ChunkTasks(threads, steps, chunks.size());
    steps.advance(0);
    if (fit.stop() == 0) {
      tasks.skip();
      return;
    }
    int onDevice =
        FitMemory.chunksOnDevice(model, fit.plan(), fit.prior(), chunks, threads.count(), budget);
    Streams streams = embedded(model.parts().get(0).decoder(), chunks, onDevice, tasks);
    try {
      for (ModelPart part : model.parts()) {
        if (part.first() >= fit.stop()) {
          break;
        }
        if (part.first() > 0) {
          streams = streams.movedTo(part.decoder());
        }
        try (LeastSquares math = LeastSquares.on(part.decoder().device())) {
          for (int layer = part.first(); layer < Math.min(fit.stop(), part.end()); layer++) {
            LayerWeights weights = part.layers().take(layer);
            new LayerFit(fit, part.decoder(), math, streams, tasks, layer, weights).run();
          }
        }
      }
    } finally {
      streams.close();
    }
  }

  private static Streams embedded(
      Decoder decoder, List<Chunk> chunks, int onDevice, ChunkTasks tasks) {
    Streams streams = new Streams(decoder, chunks.size(), onDevice);
    try {
      tasks.each(
          decoder,
          (scratch, chunk) -> {
            NDArray tokens = decoder.tokens(scratch, chunks.get(chunk).windows());
            streams.dense().put(chunk, decoder.embed(scratch, tokens));
          });
      return streams;
    } catch (RuntimeException | Error e) {
      streams.close();
      throw e;
    }
  }

  /**
   * What is fitted.
   *
   * @param stop layers that the streams pass: up to the last that is missing
   */
  record Fit(PruningPlan plan, double damping, Prior prior, KeptLayers layers, int stop) {}
}
