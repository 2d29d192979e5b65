package dev.selfpruner.infra.doctor;

import dev.selfpruner.infra.embedded.SearchPath;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What NVIDIA's driver says about this machine. */
sealed interface NvidiaSmi {

  /** Its program is not on the path. */
  record Absent() implements NvidiaSmi {}

  /** It was asked, and gave no list. */
  record Failed(String why) implements NvidiaSmi {}

  /** It gave a list, of one GPU or more. */
  record Listed(List<Gpu> gpus) implements NvidiaSmi {
    public Listed {
      gpus = List.copyOf(gpus);
      if (gpus.isEmpty()) {
        throw new IllegalArgumentException("a list of GPUs has one");
      }
    }
  }

  /** Seconds where the driver has to be loaded first; a broken one never answers. */
  Duration LIMIT = Duration.ofSeconds(20);

  static NvidiaSmi ask(Map<String, String> environment, Duration limit) {
    Optional<Path> program = SearchPath.of(environment).find("nvidia-smi");
    if (program.isEmpty()) {
      return new Absent();
    }
    try {
      Program.Outcome outcome =
          Program.run(
              List.of(
                  program.get().toString(),
                  "--query-gpu=index,name,memory.total,memory.free,driver_version",
                  "--format=csv,noheader,nounits"),
              environment,
              limit);
      return outcome.status() == 0
          ? read(outcome)
          : new Failed(
              "%s ends with status %d: %s"
                  .formatted(program.get(), outcome.status(), outcome.lastWords()));
    } catch (IOException e) {
      return new Failed(String.valueOf(e.getMessage()));
    }
  }

  private static NvidiaSmi read(Program.Outcome outcome) {
    List<Gpu> gpus = new ArrayList<>();
    for (String row : outcome.out().lines().filter(line -> !line.isBlank()).toList()) {
      Optional<Gpu> gpu = Gpu.parse(row);
      if (gpu.isEmpty()) {
        return new Failed("nvidia-smi says what is no list of GPUs: " + row.strip());
      }
      gpus.add(gpu.get());
    }
    return gpus.isEmpty() ? new Failed("nvidia-smi lists no GPU") : new Listed(gpus);
  }
}
