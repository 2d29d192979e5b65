package dev.selfpruner.infra.doctor;

import dev.selfpruner.activities.artifact.StoreLocation;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.infra.embedded.TemporalChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What there is to look at, and how long each may take. */
public final class Checks {
  /** Answers of this process and of its disks. */
  private static final Duration QUICK = Duration.ofSeconds(10);

  /** A little more than the programs that are asked, which have limits of their own. */
  private static final Duration PROGRAMS = TorchTrial.LIMIT.plus(NvidiaSmi.LIMIT).plus(QUICK);

  /** Connecting, and one question, each with a limit of its own. */
  private static final Duration SERVERS = Duration.ofSeconds(40);

  private Checks() {}

  /**
   * The machine itself: Java, memory, disk, PyTorch, GPUs.
   *
   * @param environment of this process
   * @param home where the home folder is or is to be
   */
  public static List<Check> ofMachine(Map<String, String> environment, Path home) {
    String again = "build selfpruner again; should this stay, report it";
    return List.of(
        new Check("java", QUICK, again, MachineChecks::java),
        new Check("machine", QUICK, again, () -> MachineChecks.system(Shipped.onClassPath())),
        new Check(
            "temporary folder",
            QUICK,
            again,
            () -> MachineChecks.temporary(Path.of(System.getProperty("java.io.tmpdir")))),
        new Check(
            "home folder",
            QUICK,
            "name another one in SELFPRUNER_HOME",
            () -> MachineChecks.home(home)),
        new Check(
            "library path",
            QUICK,
            "correct PYTORCH_LIBRARY_PATH, or unset it",
            () -> LibraryFolder.look(environment, Shipped.onClassPath())),
        new Check("pytorch", PROGRAMS, again, () -> compute(environment)));
  }

  private static List<Finding> compute(Map<String, String> environment) throws IOException {
    Shipped shipped = Shipped.onClassPath();
    TorchTrial trial = TorchTrial.run(environment);
    NvidiaSmi driver = NvidiaSmi.ask(environment, NvidiaSmi.LIMIT);
    return Stream.of(
            TorchChecks.look(trial, environment, shipped),
            GpuChecks.look(driver, trial, environment, shipped))
        .flatMap(List::stream)
        .toList();
  }

  /**
   * The Temporal server that a command would use.
   *
   * @param choice fails where the environment contradicts itself
   */
  public static Check temporal(
      Supplier<TemporalChoice> choice, Map<String, String> environment, Path home) {
    return new Check(
        "temporal",
        SERVERS,
        "correct the options and the environment variables about Temporal",
        () -> TemporalChecks.look(choice.get(), environment, home));
  }

  public static Check store(StoreLocation location) {
    return new Check(
        StoreChecks.CHECK, SERVERS, StoreChecks.ADVICE, () -> StoreChecks.look(location));
  }

  /**
   * An LLM's endpoint.
   *
   * @param baseUrl with its version, as a search takes it; empty for the provider's own
   * @param model the endpoint's name for a model that must be there; empty for any
   */
  public static Check llm(
      Provider provider, String baseUrl, String model, Map<String, String> environment) {
    return new Check(
        LlmChecks.CHECK,
        SERVERS,
        LlmChecks.advice(provider),
        () -> LlmChecks.look(provider, baseUrl, model, environment));
  }
}
