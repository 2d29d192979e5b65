package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.artifact.StoreLocation;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.doctor.Check;
import dev.selfpruner.infra.doctor.Checks;
import dev.selfpruner.infra.doctor.Diagnosis;
import dev.selfpruner.infra.embedded.Home;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code doctor}: what this machine has for running searches, and what to do about the rest. */
@Command(
    name = "doctor",
    sortOptions = false,
    header = "Check what this machine has for running selfpruner, and say what to do.",
    description =
        "Looks at Java, memory, disk, PyTorch, GPUs, Temporal and the store; computes a little on every device. Downloads nothing. Exit status 1 where there is a problem.")
final class DoctorCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private TemporalOptions temporal = new TemporalOptions();

  @Option(
      names = "--llm-provider",
      paramLabel = "NAME",
      description =
          "Also ask this LLM provider, or an endpoint of its protocol: openai, anthropic, gemini or bedrock.")
  private Provider llmProvider;

  @Option(
      names = "--llm-url",
      paramLabel = "URL",
      description =
          "Also ask this LLM endpoint for its models, with the key of this environment. Default: the provider's own address.")
  private String llmUrl;

  @Option(
      names = "--llm-model",
      paramLabel = "NAME",
      description = "Also ask the LLM endpoint for this model. Costs no tokens.")
  private String llmModel;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @ArgGroup(exclusive = false, heading = "%nArtifacts:%n")
  private StoreOptions store = new StoreOptions();

  DoctorCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    temporal.check(); // options that contradict each other are no matter of the machine
    Map<String, String> environment = System.getenv();
    Path folder = Home.defaultFolder().toAbsolutePath();
    StoreLocation location = store.location(new Home(folder));
    List<Check> checks = new ArrayList<>(Checks.ofMachine(environment, folder));
    checks.add(Checks.temporal(() -> temporal.choice(environment), environment, folder));
    checks.add(Checks.store(location));
    if (llmProvider != null || llmUrl != null || llmModel != null) {
      checks.add(
          Checks.llm(
              Optional.ofNullable(llmProvider).orElse(Provider.OPENAI),
              Optional.ofNullable(llmUrl).orElse(""),
              Optional.ofNullable(llmModel).orElse(""),
              environment));
    }
    Diagnosis diagnosis = Diagnosis.of(checks);
    console.result(json ? diagnosis.json() : diagnosis.text());
    return diagnosis.hasProblem() ? ExitCodes.FAILED : ExitCodes.OK;
  }
}
