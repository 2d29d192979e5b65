package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.worker.GpuSettings;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a search is run and where its outcome goes; none of it changes what is searched. */
final class RunOptions {
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

  GpuSettings gpu() {
    return gpu.settings();
  }

  StoreOptions store() {
    return store;
  }
}
