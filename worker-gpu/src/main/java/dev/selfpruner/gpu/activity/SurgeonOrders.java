package dev.selfpruner.gpu.activity;

import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.artifact.ArtifactRef;
import dev.selfpruner.activities.artifact.IndexKey;
import dev.selfpruner.activities.plan.AttentionUnit;
import dev.selfpruner.gpu.calibrate.Importance;
import dev.selfpruner.gpu.calibrate.LayerImportance;
import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.gpu.engine.ProgressListener;
import dev.selfpruner.gpu.llama.Placement;
import dev.selfpruner.gpu.model.LlamaConfig;
import dev.selfpruner.gpu.model.ModelDirectory;
import dev.selfpruner.gpu.reconstruct.BrainSurgeon;
import dev.selfpruner.gpu.reconstruct.GramIndex;
import dev.selfpruner.gpu.reconstruct.SurgeonOrder;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Brain surgeon's orders by key, layer by layer: a layer that is done isn't done again. */
final class SurgeonOrders {
  /** What the orders are, for keys. */
  static final String METRIC = SurgeonOrder.description(BrainSurgeon.DAMPING);

  private final Stored stored;
  private final LocalCopies copies;
  private final ComputeOptions options;

  SurgeonOrders(Stored stored, LocalCopies copies, ComputeOptions options) {
    this.stored = stored;
    this.copies = copies;
    this.options = options;
  }

  private record Key(String calibration, int layer) {
    IndexKey indexKey() {
      return new IndexKey("removal-order", Json.write(this));
    }
  }

  /**
   * What is ordered.
   *
   * @param calibration key of the calibration that the order is for, on which it depends in all
   * @param gram the model's Gram matrices
   */
  record Task(OpenModel model, String calibration, GramIndex gram, AttentionUnit unit) {}

  /** Places of all units in their layers' orders. */
  Importance findOrRun(Task task, ProgressListener listener) throws IOException {
    List<Integer> missing = new ArrayList<>();
    for (int layer = 0; layer < task.gram().layers().size(); layer++) {
      if (find(task, layer).isEmpty()) {
        missing.add(layer);
      }
    }
    if (!missing.isEmpty()) {
      run(task, missing, listener);
    }
    List<LayerImportance> layers = new ArrayList<>();
    for (int layer = 0; layer < task.gram().layers().size(); layer++) {
      layers.add(find(task, layer).orElseThrow());
    }
    return new Importance(layers, task.gram().tokens());
  }

  private Optional<LayerImportance> find(Task task, int layer) throws IOException {
    return stored.find(new Key(task.calibration(), layer).indexKey(), LayerImportance.class);
  }

  private void run(Task task, List<Integer> layers, ProgressListener listener) {
    task.model().unload();
    Placement placement = options.first();
    LlamaConfig config = task.model().directory().config();
    try (SurgeonOrder surgeon = SurgeonOrder.on(placement.devices().get(0), BrainSurgeon.DAMPING);
        TorchThreads threads = threads(placement, config)) {
      long total = layers.stream().mapToLong(layer -> SurgeonOrder.steps(config, layer)).sum();
      Progress progress = new Progress(total, listener);
      long start = System.nanoTime();
      List<Integer> unused =
          threads.run(
              layers.size(),
              progress.run,
              i -> {
                order(task, layers.get(i), surgeon, progress);
                return i;
              });
      task.model().ended(EvaluationListener.Step.ORDER_UNITS, start);
    }
  }

  /** As many as the memory holds layers: one on a device, which computes alone. */
  private TorchThreads threads(Placement placement, LlamaConfig config) {
    long bytes =
        IntStream.range(0, config.layers().size())
            .mapToLong(layer -> SurgeonOrder.bytes(config, layer))
            .max()
            .orElseThrow();
    long fits = placement.memory().device() / bytes;
    if (fits < 1) {
      throw new IllegalArgumentException(
          "the order of a layer takes %,d MiB of device memory, and there are %,d: give more with --device-memory, or take the order of Wanda-sp"
              .formatted(bytes >> 20, placement.memory().device() >> 20));
    }
    if (!placement.onCpu()) {
      return new TorchThreads(1);
    }
    try (TorchThreads all = options.threads(placement)) {
      return new TorchThreads((int) Math.min(all.count(), fits));
    }
  }

  private void order(Task task, int layer, SurgeonOrder surgeon, Progress progress) {
    ModelDirectory directory = task.model().directory();
    ArtifactRef gram = task.gram().layers().get(layer);
    try (LocalCopies.Use file = copies.open("gram", gram)) {
      LayerImportance order =
          surgeon.layer(directory, layer, file.path(), task.unit(), progress::step);
      LayerImportance unused =
          stored.index(new Key(task.calibration(), layer).indexKey(), order, LayerImportance.class);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the order of layer " + layer, e);
    }
  }

  /** Counts the steps of all threads, and ends them where the listener throws. */
  private static final class Progress {
    private final TorchThreads.Run run = new TorchThreads.Run();
    private final long total;
    private final ProgressListener listener;
    private long done;

    Progress(long total, ProgressListener listener) {
      this.total = total;
      this.listener = listener;
      listener.advanced(0, total);
    }

    synchronized void step() {
      run.requireGoingOn();
      done++;
      try {
        listener.advanced(done, total);
      } catch (RuntimeException | Error e) {
        run.stop(e); // before another thread's step tells the listener more
        throw e;
      }
    }
  }
}
