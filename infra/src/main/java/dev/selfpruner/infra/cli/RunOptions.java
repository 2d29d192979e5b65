package dev.selfpruner.infra.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a search is run and where its outcome goes; none of it changes what is searched. */
final class RunOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Where the pruned model goes: a directory that is not there yet (default: in the home folder).")
  private Path out;

  @Option(
      names = "--new",
      description = "Search anew where this search has been finished before (as its next run).")
  private boolean anew;

  @Option(names = "--json", description = "Print one line of JSON at the end.")
  private boolean json;

  @ArgGroup(exclusive = false, heading = "%nTemporal:%n")
  private TemporalOptions temporal = new TemporalOptions();

  @ArgGroup(exclusive = false, heading = "%nArtifacts:%n")
  private StoreOptions store = new StoreOptions();

  @Mixin private GpuFlags gpu = new GpuFlags();

  Optional<Path> out() {
    return Optional.ofNullable(out);
  }

  boolean anew() {
    return anew;
  }

  boolean json() {
    return json;
  }

  TemporalOptions temporal() {
    return temporal;
  }

  GpuFlags gpu() {
    return gpu;
  }

  /** The options about the store and about computing, as they were given, for {@code worker}. */
  List<String> forWorker() {
    Set<String> known =
        Stream.of(new StoreOptions(), new GpuFlags())
            .flatMap(flags -> CommandSpec.forAnnotatedObject(flags).options().stream())
            .map(OptionSpec::longestName)
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
