package dev.selfpruner.infra.cli;

import static dev.selfpruner.gpu.torch.TorchArgument.tensor;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.selfpruner.gpu.activity.ProgressDeadline;
import dev.selfpruner.gpu.torch.Torch;
import dev.selfpruner.gpu.torch.TorchModule;
import dev.selfpruner.gpu.torch.TorchScriptArchive;
import dev.selfpruner.infra.worker.GpuSettings;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class StallTest {
  @TempDir private Path home;

  @Command(name = "hang")
  private static final class Flags {
    @Mixin private GpuFlags gpu = new GpuFlags();
  }

  /** Runs native code that never returns, watched as the activities are. */
  static final class Hang {
    private static final TorchScriptArchive ENDLESS =
        TorchScriptArchive.of(
            "Endless",
            """
            class Endless(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
              _is_full_backward_hook : Optional[bool]
              def count(self: __torch__.Endless, x: Tensor) -> Tensor:
                goes_on = True
                while goes_on:
                  _0 = torch.add_(x, 1)
                return x
            """);

    private Hang() {}

    public static void main(String[] arguments) {
      Flags flags = new Flags();
      new CommandLine(flags).parseArgs(arguments);
      GpuSettings settings = flags.gpu.settings();
      try (ProgressDeadline deadline =
              new ProgressDeadline(settings.longestStep(), settings.end());
          TorchModule module = TorchModule.load(ENDLESS, Device.cpu());
          NDManager manager = NDManager.newBaseManager(Device.cpu(), Torch.ENGINE)) {
        NDArray x = manager.zeros(new ai.djl.ndarray.types.Shape(1));
        System.out.println("counting");
        try (ProgressDeadline.Watch watch = deadline.watch()) {
          watch.advanced(0, 1);
          module.call(manager, "count", tensor(x));
        }
        System.out.println("counted to infinity");
      }
    }
  }

  @Test
  void endsTheProcessWhenNativeCodeHangs() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            Hang.class.getName(),
            "--stall-minutes",
            "0.02");
    builder.environment().put("SELFPRUNER_HOME", home.toString());
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends by itself").isTrue();
      assertThat(process.exitValue()).isEqualTo(ExitCodes.STALLED).isEqualTo(75);
      assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
          .isEqualTo("counting\n");
      assertThat(home.resolve("selfpruner.log"))
          .content()
          .contains("ending the process with status 75: native code made no step for PT1.2S");
    } finally {
      process.destroyForcibly();
    }
  }
}
