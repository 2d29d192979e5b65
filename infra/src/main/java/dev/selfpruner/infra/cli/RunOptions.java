package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.connection.TemporalClients;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a search is run; none of it changes what is searched. */
final class RunOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--json", description = "Print one line of JSON at the end.")
  private boolean json;

  @ArgGroup(exclusive = false, heading = "%nTemporal:%n")
  private TemporalOptions temporal = new TemporalOptions();

  @ArgGroup(exclusive = false, heading = "%nArtifacts:%n")
  private StoreOptions store = new StoreOptions();

  @Mixin private PayloadOptions payloads = new PayloadOptions();

  @Mixin private GpuFlags gpu = new GpuFlags();

  @Mixin private MetricsOptions metrics = new MetricsOptions();

  @Mixin private TracingOptions tracing = new TracingOptions();

  boolean json() {
    return json;
  }

  TemporalOptions temporal() {
    return temporal;
  }

  /** What makes clients of the server. */
  TemporalClients clients() {
    return payloads.clients(System.getenv());
  }

  GpuFlags gpu() {
    return gpu;
  }

  MetricsOptions metrics() {
    return metrics;
  }

  TracingOptions tracing() {
    return tracing;
  }

  /**
   * The options about the store, payloads and computing, as they were given, for {@code worker};
   * address and namespace are the server's.
   */
  List<String> forWorker() {
    Set<String> known =
        Stream.concat(
                Stream.of(new StoreOptions(), new PayloadOptions(), new GpuFlags())
                    .flatMap(flags -> CommandSpec.forAnnotatedObject(flags).options().stream())
                    .map(OptionSpec::longestName),
                ConnectionOptions.FURTHER.stream())
            .collect(Collectors.toSet());
    return command.commandLine().getParseResult().matchedOptions().stream()
        .filter(option -> known.contains(option.longestName()))
        .flatMap(
            option ->
                option.originalStringValues().stream()
                    .map(value -> option.longestName() + "=" + value))
        .toList();
  }

  StoreOptions store() {
    return store;
  }
}
