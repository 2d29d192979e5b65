package dev.selfpruner.infra.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.SearchList;
import dev.selfpruner.infra.embedded.SearchList.Listed;
import dev.selfpruner.infra.embedded.TemporalServer;
import dev.selfpruner.infra.worker.SearchAttributeLookup;
import dev.selfpruner.workflows.SearchAttributes;
import io.temporal.client.WorkflowClient;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code list}: the searches that a server knows. */
@Command(
    name = "list",
    sortOptions = false,
    header = "Show a server's searches, the latest first.",
    description =
        "Phase, iteration and best perplexity are the search attributes that a server knows; where they aren't registered, running searches are asked, which takes longer.")
final class ListCommand implements Callable<Integer> {
  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneId.systemDefault());

  private final Console console;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many (default: ${DEFAULT-VALUE}).")
  private int limit = 20;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @ArgGroup(exclusive = false, heading = "%nTemporal:%n")
  private TemporalOptions temporal = new TemporalOptions();

  @Mixin private PayloadOptions payloads = new PayloadOptions();

  ListCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (limit < 1) {
      throw new UserError("--limit is at least 1, not " + limit);
    }
    try (TemporalServer server = SteeringOptions.running(temporal, console)) {
      WorkflowClient client =
          payloads.clients(System.getenv()).client(server.stubs(), server.namespace());
      List<Listed> searches = new SearchList(client).latest(limit);
      console.result(json ? json(searches) : text(searches));
      String command =
          SearchAttributes.command(
              new SearchAttributeLookup(client).searchAttributes(), server.namespace());
      if (!command.isEmpty()) {
        console.note("Not all search attributes are registered; this does it: " + command);
      }
    }
    return ExitCodes.OK;
  }

  private static String text(List<Listed> searches) {
    if (searches.isEmpty()) {
      return "no searches";
    }
    StringBuilder table = new StringBuilder();
    table.append(row("id", "status", "phase", "iteration", "best", "started", "model"));
    for (Listed each : searches) {
      table
          .append('\n')
          .append(
              row(
                  each.id(),
                  each.status(),
                  each.phase().isEmpty() ? "-" : each.phase(),
                  each.iteration() < 0 ? "-" : Long.toString(each.iteration()),
                  each.best().isEmpty()
                      ? "-"
                      : String.format(Locale.ROOT, "%.3f", each.best().getAsDouble()),
                  MINUTES.format(each.started()),
                  each.model()));
    }
    return table.toString();
  }

  private static String row(Object... cells) {
    return String.format(Locale.ROOT, "%-28s %-11s %-11s %9s %10s  %-16s  %s", cells)
        .stripTrailing();
  }

  private static String json(List<Listed> searches) {
    ArrayNode array = Json.mapper().createArrayNode();
    for (Listed each : searches) {
      ObjectNode search =
          array
              .addObject()
              .put("id", each.id())
              .put("status", each.status())
              .put("model", each.model())
              .put("phase", each.phase())
              .put("iteration", each.iteration())
              .put("started", each.started().toString());
      each.best().ifPresent(best -> search.put("best", best));
    }
    return array.toString();
  }
}
