package dev.selfpruner.infra.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A GPU worker in a process of its own, so that native code which hangs or crashes takes nothing
 * else with it. It is started again when it ends, and ends with this process: see {@code
 * EndOfInput}. What it writes goes to the log.
 */
public final class GpuWorkerProcess implements AutoCloseable {
  /** Exit status of a worker whose native code made no step for too long. */
  public static final int STALLED = 75;

  private static final Logger LOG = LoggerFactory.getLogger(GpuWorkerProcess.class);

  /** What a shell and Java add to the number of the signal that ended a process. */
  private static final int SIGNALLED = 128;

  /** Ctrl-C reaches the worker before it reaches us: wait for our own end before a word. */
  private static final Duration OUR_OWN_END = Duration.ofSeconds(1);

  /** Long enough for an activity to reach its next heartbeat. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** The operating system's part of an end. */
  private static final Duration KILLED = Duration.ofSeconds(5);

  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final ProcessBuilder program;
  private final Path log;
  private final Consumer<String> notes;
  private final Lives before;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicReference<Optional<IllegalStateException>> givenUp =
      new AtomicReference<>(Optional.empty());
  private final Thread supervisor = new Thread(this::supervise, "gpu-worker");

  /** The process, not its handle: the worker ends when its input is closed, or collected. */
  private Optional<Process> running = Optional.empty();

  private GpuWorkerProcess(ProcessBuilder program, Path log, Consumer<String> notes, Lives before) {
    this.program = program;
    this.log = log;
    this.notes = notes;
    this.before = before;
    supervisor.setDaemon(true);
  }

  /**
   * Starts the worker and goes on starting it.
   *
   * @param program writes to its standard output only, and ends with its input
   * @param log file that this process's log goes to
   * @param notes receives a line whenever the worker ended
   */
  public static GpuWorkerProcess start(ProcessBuilder program, Path log, Consumer<String> notes) {
    return start(program, log, notes, Lives.NONE);
  }

  static GpuWorkerProcess start(
      ProcessBuilder program, Path log, Consumer<String> notes, Lives before) {
    GpuWorkerProcess worker = new GpuWorkerProcess(program, log, notes, before);
    worker.supervisor.start();
    return worker;
  }

  /**
   * Returns at once while there is hope.
   *
   * @throws IllegalStateException if the worker ended again and again, right after its start
   */
  public void requireGoingOn() {
    givenUp
        .get()
        .ifPresent(
            reason -> {
              throw reason;
            });
  }

  private void supervise() {
    try {
      Lives lives = before;
      while (true) {
        long start = System.nanoTime();
        String end = live();
        lives = lives.after(Duration.ofNanos(System.nanoTime() - start));
        if (isClosedWithin(OUR_OWN_END)) {
          return;
        }
        LOG.warn("the GPU worker ended with {}", end);
        if (lives.areHopeless()) {
          givenUp.set(
              Optional.of(
                  new IllegalStateException(
                      "the GPU worker ended %d times in a row soon after its start, the last time with %s"
                          .formatted(lives.early(), end))));
          return;
        }
        Duration wait = lives.delay().minus(OUR_OWN_END);
        notes.accept(
            "The GPU worker ended with %s (see %s): starting it again%s."
                .formatted(end, log, wait.isZero() ? "" : " in " + wait.toSeconds() + " s"));
        if (isClosedWithin(wait)) {
          return;
        }
      }
    } catch (InterruptedException | RuntimeException | Error e) {
      LOG.error("the supervision of the GPU worker ends", e);
      givenUp.set(
          Optional.of(new IllegalStateException("nobody supervises the GPU worker any more", e)));
    }
  }

  private boolean isClosedWithin(Duration delay) throws InterruptedException {
    return closing.await(delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** One life of the worker; says how it ended. */
  private String live() throws InterruptedException {
    try {
      Optional<Process> process = launch();
      if (process.isEmpty()) {
        return "its command";
      }
      Thread output = new Thread(() -> log(process.get()), "gpu-worker-output");
      output.setDaemon(true);
      output.start();
      int status = process.get().waitFor();
      output.join(LAST_WORDS.toMillis()); // not to its end: what it started may hold it open
      return describe(status);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void log(Process process) {
    try (BufferedReader output = process.inputReader(UTF_8)) {
      output.lines().forEach(line -> LOG.info("{}", line));
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("no more of what the GPU worker writes", e);
    }
  }

  private synchronized Optional<Process> launch() throws IOException {
    running = closing.getCount() == 0 ? Optional.empty() : Optional.of(program.start());
    return running;
  }

  private static String describe(int status) {
    if (status == STALLED) {
      return "status %d, as a step of native code took too long".formatted(status);
    }
    return status > SIGNALLED ? "signal " + (status - SIGNALLED) : "status " + status;
  }

  private synchronized Optional<Process> running() {
    return running;
  }

  /** Ends the worker at once, for good; what it was doing is lost. */
  public void kill() {
    closing.countDown();
    running()
        .ifPresent(
            worker -> {
              worker.toHandle().destroyForcibly();
              awaitEnd(worker, KILLED);
            });
  }

  /** Has the worker hand back what it is doing and end, for good. */
  @Override
  public void close() {
    closing.countDown();
    // By its handle: the process's own method would close the input, and the worker would halt.
    running()
        .ifPresent(
            worker -> {
              worker.toHandle().destroy();
              awaitEnd(worker, PATIENCE);
            });
    kill();
    joinSupervisor();
  }

  private static void awaitEnd(Process worker, Duration patience) {
    try {
      // The future that a handle has for it is not always completed.
      boolean unused = worker.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void joinSupervisor() {
    try {
      supervisor.join(LAST_WORDS.plus(OUR_OWN_END).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
