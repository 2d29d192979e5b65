package dev.selfpruner.gpu.engine;

import dev.selfpruner.gpu.torch.TorchThreads;

/** Counts the steps of a run, and ends it where it is to end. */
public final class Steps {
  private final long total;
  private final ProgressListener listener;
  private final TorchThreads.Run run = new TorchThreads.Run();
  private long done;

  public Steps(long total, ProgressListener listener) {
    this.total = total;
    this.listener = listener;
  }

  public TorchThreads.Run run() {
    return run;
  }

  /** To be called after each step: tells the listener, and throws if the run is to end. */
  public void step() {
    advance(1);
  }

  /** Steps that needn't be made count as made. */
  public synchronized void advance(long steps) {
    run.requireGoingOn();
    done += steps;
    try {
      listener.advanced(done, total);
    } catch (RuntimeException | Error e) {
      run.stop(e); // before another thread's step tells the listener more
      throw e;
    }
  }
}
