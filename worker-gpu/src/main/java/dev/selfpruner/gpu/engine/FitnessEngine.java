package dev.selfpruner.gpu.engine;

import dev.selfpruner.activities.plan.LayerPlan;
import dev.selfpruner.activities.plan.PruningPlan;
import dev.selfpruner.gpu.NumericalException;
import dev.selfpruner.gpu.llama.HostCopies;
import dev.selfpruner.gpu.llama.LoadedModel;
import dev.selfpruner.gpu.llama.MemoryBudget;
import dev.selfpruner.gpu.torch.Closing;
import dev.selfpruner.gpu.torch.OutOfMemory;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs batches of pruned models over texts, in as much memory as it is given. What comes out for a
 * plan depends on the model, the plan and the chunks, to the last bit: not on the batch that the
 * plan is in, on memory, threads or devices. One batch at a time.
 */
public final class FitnessEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FitnessEngine.class);

  /** What is left of a memory budget that turned out to be too large. */
  private static final double AFTER_OUT_OF_MEMORY = 0.75;

  private static final int TRIES_WITH_ONE_CANDIDATE = 3;

  /** Results appear at the end of a batch, and a killed worker's batch is run again. */
  private static final double LONGEST_BATCH_SECONDS = 300;

  /**
   * A text for which nothing is known of the model's speed yet, and one candidate has to show it.
   */
  private static final long LONG_TEXT_TOKENS = 1 << 16;

  private final LoadedModel model;
  private final TorchThreads threads;
  private final List<HostCopies> copies;
  private final DenseStates dense;
  private MemoryBudget memory;
  private Optional<RuntimeException> outOfMemory = Optional.empty();
  private int smallerBudgets;
  private int mostCandidates = Integer.MAX_VALUE;

  /** Of one candidate in the last batch; 0 before the first. */
  private double secondsPerToken;

  /**
   * An engine for a model.
   *
   * @param model stays the caller's
   * @param threads stay the caller's; one for each device, or as many as a CPU has cores
   */
  public FitnessEngine(LoadedModel model, TorchThreads threads, MemoryBudget memory) {
    this.model = model;
    this.threads = threads;
    this.memory = memory;
    this.copies = model.parts().stream().map(part -> new HostCopies(part.decoder())).toList();
    this.dense = new DenseStates(memory.denseStates(), model.config().layers().size());
  }

  /** Hears of plans whose results are there, while others still run. */
  @FunctionalInterface
  public interface Results<R> {
    /**
     * A plan is finished.
     *
     * @param plan its place in the list that was asked for
     * @param chunks what came out for each chunk
     */
    void finished(int plan, List<R> chunks);

    /**
     * A plan has no results: there is no memory for it alone, or arithmetic gives no numbers. The
     * others go on, unless this throws, as it does where nobody asks.
     *
     * @param reason what happened to it alone
     */
    default void failed(int plan, RuntimeException reason) {
      throw reason;
    }
  }

  /** Plans that run together, at most; fewer once the memory was too small for them. */
  public int mostCandidates() {
    return mostCandidates;
  }

  /**
   * Runs plans over chunks. Plans that begin alike share that work.
   *
   * @param chunks at least one, in any order
   * @param results told of every plan once
   * @throws IllegalArgumentException if a plan or a token is not of this model, before any work; or
   *     if the memory that was given is too small for one plan
   */
  public <R> void run(
      List<PruningPlan> plans,
      List<Chunk> chunks,
      Pass<R> pass,
      ProgressListener listener,
      Results<R> results) {
    run(plans, chunks, pass, Fits.NONE, listener, results);
  }

  /**
   * As {@link #run(List, List, Pass, ProgressListener, Results)}, with output projections that are
   * fitted to what the plans keep.
   *
   * @param fits stays the caller's
   */
  public <R> void run(
      List<PruningPlan> plans,
      List<Chunk> chunks,
      Pass<R> pass,
      Fits fits,
      ProgressListener listener,
      Results<R> results) {
    plans.forEach(model::requireFits);
    List<Integer> order = densestFirst(plans);
    long tokens = chunks.stream().mapToLong(Chunk::tokens).sum();
    int next = 0;
    int alone = 0; // plans before this place run one at a time, to tell which of them fails
    while (next < order.size()) {
      int size = next < alone ? 1 : batchSize(tokens);
      int end = (int) Math.min(order.size(), (long) next + size);
      List<Integer> batch = order.subList(next, end);
      ProgressListener part = within(listener, next, batch.size(), order.size());
      long start = System.nanoTime();
      switch (runBatch(plans, batch, chunks, pass, fits, part, results)) {
        case FINISHED -> {
          secondsPerToken = (System.nanoTime() - start) / 1e9 / batch.size() / tokens;
          next = end;
        }
        case FAILED -> next = end;
        case ONE_FAILS -> alone = end;
        case TOO_LARGE -> {} // again, with fewer or in less memory
      }
    }
  }

  /** As many candidates as the memory was found to hold, and as end within minutes. */
  private int batchSize(long tokens) {
    if (secondsPerToken == 0) {
      return tokens > LONG_TEXT_TOKENS ? 1 : mostCandidates;
    }
    return (int)
        Math.max(1, Math.min(mostCandidates, LONGEST_BATCH_SECONDS / secondsPerToken / tokens));
  }

  /** What became of a batch. */
  private enum Outcome {
    FINISHED,
    /** Its only plan has no results. */
    FAILED,
    /** One of its plans gives no numbers. */
    ONE_FAILS,
    /** To be tried again in smaller parts, or in less memory. */
    TOO_LARGE
  }

  private <R> Outcome runBatch(
      List<PruningPlan> plans,
      List<Integer> batch,
      List<Chunk> chunks,
      Pass<R> pass,
      Fits fits,
      ProgressListener listener,
      Results<R> results) {
    PlanTrie trie = PlanTrie.of(batch.stream().map(plans::get).toList(), model.dense());
    Chunk largest = chunks.stream().max(Comparator.comparingInt(Chunk::tokens)).orElseThrow();
    List<List<R>> byLeaf;
    try {
      Schedule schedule =
          Schedule.of(model, trie, fits, chunks.size(), largest, threads.count(), memory);
      LOG.debug("{} candidates, {} chunks: {}", batch.size(), chunks.size(), schedule);
      byLeaf =
          new LayerMajorRun<>(
                  model, copies, trie, chunks, pass, fits, threads, schedule, dense, listener)
              .run();
    } catch (Schedule.TooLargeException e) {
      if (batch.size() == 1) {
        // A budget that was made smaller is no mistake of whoever gave it.
        results.failed(
            batch.get(0),
            outOfMemory.orElseThrow(() -> new IllegalArgumentException(e.getMessage(), e)));
        return Outcome.FAILED;
      }
      halve(batch.size(), e.getMessage());
      return Outcome.TOO_LARGE;
    } catch (RuntimeException e) {
      Optional<NumericalException> noNumbers = NumericalException.in(e);
      if (noNumbers.isPresent()) {
        if (batch.size() > 1) {
          LOG.warn("a candidate of {} fails: {}", batch.size(), noNumbers.get().getMessage());
          return Outcome.ONE_FAILS;
        }
        results.failed(batch.get(0), noNumbers.get());
        return Outcome.FAILED;
      }
      if (!OutOfMemory.is(e)) {
        throw e;
      }
      fits.releaseCaches();
      OutOfMemory.releaseCaches();
      if (batch.size() == 1 && smallerBudgets == TRIES_WITH_ONE_CANDIDATE) {
        outOfMemory = Optional.of(e);
        results.failed(batch.get(0), e);
        return Outcome.FAILED;
      }
      recover(batch.size(), e);
      return Outcome.TOO_LARGE;
    }
    for (int i = 0; i < batch.size(); i++) {
      results.finished(batch.get(i), byLeaf.get(trie.leaf(i)));
    }
    return Outcome.FINISHED;
  }

  private void recover(int size, RuntimeException failure) {
    if (size > 1) {
      halve(size, failure.getMessage());
      return;
    }
    outOfMemory = Optional.of(failure);
    smallerBudgets++;
    long smaller = (long) (memory.device() * AFTER_OUT_OF_MEMORY);
    LOG.warn(
        "out of memory with one candidate: going on with {} MiB of device memory: {}",
        smaller >> 20,
        failure.getMessage());
    memory = memory.withDevice(smaller);
  }

  private void halve(int size, String reason) {
    mostCandidates = Math.max(1, size / 2);
    LOG.warn(
        "{} candidates at a time are too many, going on with {}: {}", size, mostCandidates, reason);
  }

  /** What a batch tells of itself, as a share of all plans. */
  private static ProgressListener within(
      ProgressListener listener, int before, int batch, int all) {
    return batch == all
        ? listener
        : (done, total) -> listener.advanced(before * total + done * batch, total * all);
  }

  /** Places of plans in a list, so that those that begin alike are neighbours. */
  static List<Integer> densestFirst(List<PruningPlan> plans) {
    return IntStream.range(0, plans.size())
        .boxed()
        .sorted(Comparator.comparing(plans::get, FitnessEngine::densestFirst))
        .toList();
  }

  private static int densestFirst(PruningPlan one, PruningPlan other) {
    for (int i = 0; i < one.layers().size(); i++) {
      LayerPlan a = one.layers().get(i);
      LayerPlan b = other.layers().get(i);
      int heads = Integer.compare(b.queryHeads(), a.queryHeads());
      if (heads != 0) {
        return heads;
      }
      int neurons = Integer.compare(b.neurons(), a.neurons());
      if (neurons != 0) {
        return neurons;
      }
    }
    return 0;
  }

  @Override
  public void close() {
    Closing.all(Stream.concat(Stream.of(dense), copies.stream()).toList());
  }
}
