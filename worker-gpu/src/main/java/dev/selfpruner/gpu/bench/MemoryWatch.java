package dev.selfpruner.gpu.bench;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The most memory that was in use while it was open: looked at ten times a second. */
final class MemoryWatch implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 100;

  private final List<Device> gpus;
  private final AtomicLong highest = new AtomicLong();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "memory-watch");
            thread.setDaemon(true);
            return thread;
          });

  MemoryWatch(List<Device> devices) {
    this.gpus = devices.stream().filter(Device::isGpu).distinct().toList();
    if (!gpus.isEmpty()) {
      var unused = clock.scheduleAtFixedRate(this::look, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void look() {
    for (Device gpu : gpus) {
      highest.accumulateAndGet(CudaUtils.getGpuMemory(gpu).getCommitted(), Math::max);
    }
  }

  /** Bytes in use on the fullest GPU, by whatever process; empty where only the CPU computes. */
  OptionalLong deviceHighWater() {
    return gpus.isEmpty() ? OptionalLong.empty() : OptionalLong.of(highest.get());
  }

  /** Bytes of the host that this process has held since it began; empty where nobody says. */
  static OptionalLong hostHighWater() {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty(); // not Linux
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
