package dev.selfpruner.infra.doctor;

import dev.selfpruner.activities.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How loading PyTorch and computing with it went, in a process that may crash. */
sealed interface TorchTrial {

  /** It can be loaded. */
  record Loaded(TorchReport report) implements TorchTrial {}

  /** It cannot. */
  record Failed(String why) implements TorchTrial {}

  /** First use unpacks 400 MB; a GPU's library is 2 GB to read, on what may be a slow disk. */
  Duration LIMIT = Duration.ofMinutes(2);

  /** Exit statuses above are those of processes that a signal ended. */
  int SIGNALS = 128;

  /** Tries it with what this process was started with, and downloads nothing. */
  static TorchTrial run(Map<String, String> environment) {
    Map<String, String> offline = new HashMap<>(environment);
    offline.put("DJL_OFFLINE", "true");
    offline.put("OPT_OUT_TRACKING", "true");
    try {
      Program.Outcome outcome = Program.run(command(), offline, LIMIT);
      return outcome.status() == 0
          ? new Loaded(Json.read(outcome.lastLineOut(), TorchReport.class))
          : failed(outcome);
    } catch (IOException | IllegalArgumentException e) {
      return new Failed(String.valueOf(e.getMessage()));
    }
  }

  /** A crash says a page about itself, of which nothing helps; everything else ends with why. */
  static TorchTrial failed(Program.Outcome outcome) {
    return new Failed(
        outcome.status() > SIGNALS
            ? "it ends the process that loads it, by signal %d"
                .formatted(outcome.status() - SIGNALS)
            : "a process that loads it ends with status %d: %s"
                .formatted(outcome.status(), outcome.lastWords()));
  }

  private static List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=/dev/null"));
    command.add("--enable-native-access=ALL-UNNAMED");
    Stream.of(
            "user.home",
            "java.io.tmpdir",
            "PYTORCH_VERSION",
            "PYTORCH_FLAVOR",
            "DJL_CACHE_DIR",
            "ENGINE_CACHE_DIR")
        .filter(name -> System.getProperty(name) != null)
        .map(name -> "-D%s=%s".formatted(name, System.getProperty(name)))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(TorchProbe.class.getName());
    return command;
  }
}
