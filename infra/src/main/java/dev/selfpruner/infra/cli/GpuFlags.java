package dev.selfpruner.infra.cli;

import dev.selfpruner.gpu.engine.ComputeOptions;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.worker.GpuSettings;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How the GPU worker of a process works. */
final class GpuFlags {
  private static final Logger LOG = LoggerFactory.getLogger(GpuFlags.class);

  @Option(
      names = "--stall-minutes",
      paramLabel = "N",
      defaultValue = "30",
      description =
          "End the process, with exit status 75, when one step of native code takes longer: a hang can't be interrupted (default: ${DEFAULT-VALUE}).")
  private double stallMinutes;

  @Option(
      names = "--gram-space",
      paramLabel = "SIZE",
      converter = MemorySize.class,
      description =
          "Space of the store that a model's Gram matrices may take, such as 24GiB: a model of 7B takes 17.6 GB, of 70B 285 GB, and one that takes more is refused before anything runs. So much of the disk is for copies of them where the store is elsewhere, and for copies of each other kind (default: no bound but the disk's).")
  private Long gramSpace;

  @ArgGroup(exclusive = false, heading = "%nWhat computes:%n")
  private ComputeFlags compute = new ComputeFlags();

  /**
   * Looks at the options without taking anything of a device, for a worker in another process.
   *
   * @throws UserError if they name a device that this machine lacks
   */
  void check() {
    longestStep();
    compute.check();
  }

  /**
   * Name of what computes.
   *
   * @throws UserError if the options name a device that this machine lacks
   */
  String deviceName() {
    return compute.deviceName();
  }

  /**
   * What computes, for this process.
   *
   * @throws UserError if the options name a device that this machine lacks
   */
  ComputeOptions compute() {
    return compute.options();
  }

  /**
   * What the options say.
   *
   * @throws UserError if they name a device that this machine lacks
   */
  GpuSettings settings() {
    return new GpuSettings(
        compute.options(),
        gramSpace == null ? Long.MAX_VALUE : gramSpace,
        longestStep(),
        reason -> {
          LOG.error("ending the process with status {}: {}", ExitCodes.STALLED, reason);
          // Not exit: its hooks would wait for the thread that hangs.
          Runtime.getRuntime().halt(ExitCodes.STALLED);
        });
  }

  private Duration longestStep() {
    if (!(stallMinutes > 0)) {
      throw new UserError("--stall-minutes is positive, not " + stallMinutes);
    }
    return Duration.ofMillis((long) (stallMinutes * 60_000));
  }
}
