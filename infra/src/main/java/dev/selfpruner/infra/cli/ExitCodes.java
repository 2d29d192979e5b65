package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.worker.GpuWorkerProcess;

/** What a command's exit status says. */
final class ExitCodes {
  static final int OK = 0;
  static final int FAILED = 1;

  /** What was asked for cannot be done: nothing was started. */
  static final int BAD_INPUT = 2;

  /** Native code made no step for too long: whatever supervises the process starts it again. */
  static final int STALLED = GpuWorkerProcess.STALLED;

  private ExitCodes() {}
}
