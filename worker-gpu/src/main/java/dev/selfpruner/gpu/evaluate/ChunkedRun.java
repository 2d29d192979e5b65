package dev.selfpruner.gpu.evaluate;

import dev.selfpruner.gpu.text.TokenWindows;
import dev.selfpruner.gpu.torch.TorchThreads;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * A run over windows in chunks, with progress. A chunk's size depends on the length of the windows
 * alone: sums in floating point depend on it, and so may not depend on memory or threads.
 */
public final class ChunkedRun {
  /** Tokens of a chunk, unless a window is longer. */
  private static final int CHUNK_TOKENS = 1024;

  private final TokenWindows windows;
  private final ProgressListener listener;
  private final TorchThreads.Run run = new TorchThreads.Run();
  private final int windowsPerChunk;
  private final long steps;
  private long done;

  public ChunkedRun(TokenWindows windows, int stepsPerChunk, ProgressListener listener) {
    this.windows = windows;
    this.listener = listener;
    this.windowsPerChunk = windowsPerChunk(windows.sequenceLength());
    this.steps = (long) chunks() * stepsPerChunk;
  }

  /** Windows that go through the model together, part of what a number depends on. */
  public static int windowsPerChunk(int sequenceLength) {
    return Math.max(1, CHUNK_TOKENS / sequenceLength);
  }

  /** Runs a task on the windows of every chunk, and returns the results in order. */
  public <T> List<T> run(TorchThreads threads, BiFunction<ChunkedRun, List<int[]>, T> task) {
    return threads.run(chunks(), run, chunk -> task.apply(this, windowsOf(chunk)));
  }

  /** To be called between layers: tells the listener, and throws if the run is to end. */
  public void step() {
    run.requireGoingOn();
    synchronized (this) {
      done++;
      listener.advanced(done, steps);
    }
  }

  private List<int[]> windowsOf(int chunk) {
    int first = chunk * windowsPerChunk;
    int end = Math.min(windows.count(), first + windowsPerChunk);
    return IntStream.range(first, end).mapToObj(windows::window).toList();
  }

  private int chunks() {
    return (windows.count() + windowsPerChunk - 1) / windowsPerChunk;
  }
}
