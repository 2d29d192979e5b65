package dev.selfpruner.infra.cli;

import dev.selfpruner.activities.artifact.Garbage;
import dev.selfpruner.activities.artifact.GarbageCollector;
import dev.selfpruner.activities.artifact.StoreLocation;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.gc.GcReport;
import dev.selfpruner.infra.gc.Retention;
import dev.selfpruner.infra.gc.Rules;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gc}: removes from a store what no open and no kept run needs. */
@Command(
    name = "gc",
    sortOptions = false,
    header = "Show what of a store may go, and remove it with --yes.",
    description =
        "What open searches refer to stays, and so do runs that were used lately, with their records and models. Evaluations stay unless --evaluations is given.")
final class GcCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--keep-days",
      paramLabel = "N",
      description =
          "Keep runs, and what was made to save time, that were used in the last N days (default: ${DEFAULT-VALUE}).")
  private int keepDays = 30;

  @Option(
      names = "--keep-last",
      paramLabel = "N",
      description = "Keep the N runs used last, too (default: ${DEFAULT-VALUE}).")
  private int keepLast;

  @Option(
      names = "--evaluations",
      description = "Remove old evaluations and calibrations, too, which are small.")
  private boolean evaluations;

  @Option(
      names = "--older-than",
      paramLabel = "DAYS",
      description =
          "Ask no Temporal server which searches are open: nothing that was used in the last DAYS days is removed.")
  private Integer olderThan;

  @Option(
      names = "--grace-hours",
      paramLabel = "N",
      description =
          "Leave alone what was used in the last N hours (default: ${DEFAULT-VALUE}); less only where nothing writes to the store.")
  private long graceHours = GarbageCollector.GRACE.toHours();

  @Option(names = "--yes", description = "Remove it.")
  private boolean yes;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @ArgGroup(exclusive = false, heading = "%nTemporal:%n")
  private TemporalOptions temporal = new TemporalOptions();

  @ArgGroup(exclusive = false, heading = "%nArtifacts:%n")
  private StoreOptions store = new StoreOptions();

  @Mixin private PayloadOptions payloads = new PayloadOptions();

  GcCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    StoreLocation location = store.location(home());
    Rules rules = BadInput.refused(this::rules);
    if (rules.needsQuiet()) {
      console.note(
          "With less than %d hours of grace, nothing may write to the store while gc is at work."
              .formatted(GarbageCollector.GRACE.toHours()));
    }
    try (OpenSearches open = openSearches(location);
        GarbageCollector gc = open(location)) {
      Retention retention = new Retention(rules, open.workflows(), Instant.now());
      Garbage garbage =
          yes ? gc.remove(retention, rules.grace()) : gc.look(retention, rules.grace());
      GcReport report = new GcReport(gc.toString(), garbage, retention, open.described(), yes);
      console.result(json ? report.json() : report.text());
    }
    return ExitCodes.OK;
  }

  private OpenSearches openSearches(StoreLocation location) {
    boolean homes = location.equals(new StoreOptions().location(home()));
    return olderThan == null
        ? OpenSearches.ask(
            home(),
            temporal.choice(System.getenv()),
            payloads.clients(System.getenv()),
            homes,
            console::note)
        : OpenSearches.nobody(olderThan);
  }

  private static Home home() {
    return new Home(Home.defaultFolder().toAbsolutePath());
  }

  private Rules rules() {
    Duration least = Duration.ofDays(olderThan == null ? 0 : olderThan);
    return new Rules(
        longer(Duration.ofDays(keepDays), least),
        keepLast,
        evaluations,
        longer(Duration.ofHours(graceHours), least));
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static GarbageCollector open(StoreLocation location) {
    try {
      return GarbageCollector.open(location);
    } catch (IOException e) {
      throw new UserError("cannot look after the artifact store: " + e.getMessage(), e);
    }
  }
}
