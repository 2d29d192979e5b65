package dev.selfpruner.infra.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.embedded.SteeredSearch;
import dev.selfpruner.infra.embedded.TemporalServer;
import dev.selfpruner.infra.report.ProgressDisplay;
import dev.selfpruner.workflows.SearchProgress;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code watch}: a search's progress until its end, whoever runs it. */
@Command(
    name = "watch",
    sortOptions = false,
    header = "Follow a search until it ends.",
    description =
        "The search goes on when this command is interrupted. With --json, a line of JSON for every change, and the result as the last one.")
final class WatchCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private SteeringOptions steering = new SteeringOptions();

  WatchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (TemporalServer server = steering.server(console);
        ProgressDisplay display = new ProgressDisplay(console)) {
      SteeredSearch search = new SteeredSearch(steering.client(server), steering.id());
      SearchResult result =
          search.watch(steering.json() ? changes() : display::show, display::note);
      console.result(steering.json() ? json(result) : text(result));
    }
    return ExitCodes.OK;
  }

  /** Prints what has changed. */
  private Consumer<SearchProgress> changes() {
    AtomicReference<String> last = new AtomicReference<>("");
    return progress -> {
      String line = steering.json(progress);
      if (!line.equals(last.getAndSet(line))) {
        console.result(line);
      }
    };
  }

  private String json(SearchResult result) {
    ObjectNode line = Json.mapper().createObjectNode().put("id", steering.id());
    line.set("result", Json.mapper().valueToTree(result));
    return line.toString();
  }

  private String text(SearchResult result) {
    return String.format(
        Locale.ROOT,
        "%s has ended%s: %s is the best of %,d evaluations; perplexity on the test text %.3f, uniform %.3f, dense %.3f",
        steering.id(),
        result.isExhausted() ? " (%s)".formatted(result.exhausted()) : "",
        result.bestId(),
        result.evaluations(),
        result.fitted().stream().findFirst().orElse(result.searched()).perplexity(),
        result.uniform().perplexity(),
        result.dense().perplexity());
  }
}
