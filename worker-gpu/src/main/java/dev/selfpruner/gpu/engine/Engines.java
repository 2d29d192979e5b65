package dev.selfpruner.gpu.engine;

import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.llama.HostWeights;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.Placement;
import dev.selfpruner.gpu.torch.Closing;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/**
 * A model on the devices of one host, ready to run batches of plans: all devices share its layers,
 * or each has the whole model and takes some of the plans.
 */
public final class Engines implements AutoCloseable {
  private final List<Lane> lanes;

  /** A model, what runs it, and its threads. */
  private record Lane(LoadedModel model, TorchThreads threads, FitnessEngine engine)
      implements AutoCloseable {
    @Override
    public void close() {
      Closing.all(List.of(engine, threads, model));
    }
  }

  private Engines(List<Lane> lanes) {
    this.lanes = lanes;
  }

  /**
   * Loads a model.
   *
   * @param weights asked once for each copy of the model, which closes them
   */
  public static Engines load(Supplier<HostWeights> weights, ComputeOptions options) {
    List<Lane> lanes = new ArrayList<>();
    try {
      for (Placement placement : options.placements()) {
        lanes.add(lane(weights.get(), placement, options.threads(placement)));
      }
      return new Engines(List.copyOf(lanes));
    } catch (RuntimeException | OutOfMemoryError e) {
      Closing.all(lanes);
      throw e;
    }
  }

  private static Lane lane(HostWeights weights, Placement placement, TorchThreads threads) {
    LoadedModel model = LoadedModel.load(weights, placement);
    try {
      return new Lane(model, threads, new FitnessEngine(model, threads, placement.memory()));
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  /** The model, or one of its equal copies. */
  public LoadedModel model() {
    return lanes.get(0).model();
  }

  /** Threads that compute with {@link #model}, between runs. */
  public TorchThreads threads() {
    return lanes.get(0).threads();
  }

  /** As {@link FitnessEngine#run}; results and progress are told one at a time. */
  public <R> void run(
      List<PruningPlan> plans,
      List<Chunk> chunks,
      Pass<R> pass,
      ProgressListener listener,
      FitnessEngine.Results<R> results) {
    run(plans, chunks, pass, Fits.NONE, listener, results);
  }

  /**
   * As {@link FitnessEngine#run(List, List, Pass, Fits, ProgressListener, FitnessEngine.Results)}.
   */
  public <R> void run(
      List<PruningPlan> plans,
      List<Chunk> chunks,
      Pass<R> pass,
      Fits fits,
      ProgressListener listener,
      FitnessEngine.Results<R> results) {
    if (lanes.size() == 1) {
      lanes.get(0).engine().run(plans, chunks, pass, fits, listener, results);
      return;
    }
    List<List<Integer>> shares = shares(plans);
    SharedProgress progress = new SharedProgress(lanes.size(), listener);
    List<Thread> threads = new ArrayList<>();
    List<RuntimeException> failures = new ArrayList<>();
    for (int i = 0; i < lanes.size(); i++) {
      int lane = i;
      List<Integer> share = shares.get(lane);
      if (share.isEmpty()) {
        progress.advanced(lane, 1, 1);
        continue;
      }
      Runnable work =
          () -> {
            try {
              lanes
                  .get(lane)
                  .engine()
                  .run(
                      share.stream().map(plans::get).toList(),
                      chunks,
                      pass,
                      fits,
                      (done, total) -> progress.advanced(lane, done, total),
                      ofShare(share, results, progress));
            } catch (RuntimeException | Error e) {
              RuntimeException failure =
                  e instanceof RuntimeException known ? known : new IllegalStateException(e);
              synchronized (failures) {
                failures.add(failure);
              }
              progress.stop(); // the others fail after it, and because of it
            }
          };
      Thread thread = new Thread(work, "engine-" + lane);
      threads.add(thread);
      thread.start();
    }
    join(threads, progress);
    // The first failure stopped the others.
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
  }

  /** Tells of a lane's plans by their places in the whole list, one at a time. */
  private static <R> FitnessEngine.Results<R> ofShare(
      List<Integer> share, FitnessEngine.Results<R> results, SharedProgress progress) {
    return new FitnessEngine.Results<>() {
      @Override
      public void finished(int plan, List<R> chunks) {
        synchronized (progress) {
          results.finished(share.get(plan), chunks);
        }
      }

      @Override
      public void failed(int plan, RuntimeException reason) {
        synchronized (progress) {
          results.failed(share.get(plan), reason);
        }
      }
    };
  }

  private static void join(List<Thread> threads, SharedProgress progress) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
          progress.stop();
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the thread that waits was interrupted");
    }
  }

  /** Neighbours in order go to one device: they begin alike. */
  private List<List<Integer>> shares(List<PruningPlan> plans) {
    List<Integer> order = FitnessEngine.densestFirst(plans);
    List<List<Integer>> shares = new ArrayList<>();
    for (int i = 0; i < lanes.size(); i++) {
      shares.add(
          order.subList(order.size() * i / lanes.size(), order.size() * (i + 1) / lanes.size()));
    }
    return shares;
  }

  @Override
  public void close() {
    Closing.all(lanes);
  }

  /** Adds up what several runs tell of themselves. */
  private static final class SharedProgress {
    private static final long SCALE = 10_000;

    private final long[] shares;
    private final ProgressListener listener;
    private boolean stopped;

    SharedProgress(int runs, ProgressListener listener) {
      this.shares = new long[runs];
      this.listener = listener;
    }

    synchronized void advanced(int run, long done, long total) {
      if (stopped) {
        throw new CancellationException("another device's run failed");
      }
      shares[run] = SCALE * done / total;
      long sum = 0;
      for (long share : shares) {
        sum += share;
      }
      listener.advanced(sum, SCALE * shares.length);
    }

    synchronized void stop() {
      stopped = true;
    }
  }
}
