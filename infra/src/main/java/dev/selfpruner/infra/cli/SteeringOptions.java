package dev.selfpruner.infra.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.activities.Json;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.embedded.SteeredSearch;
import dev.selfpruner.infra.embedded.TemporalServer;
import dev.selfpruner.infra.embedded.TemporalServers;
import dev.selfpruner.workflows.SearchProgress;
import io.temporal.client.WorkflowClient;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which running search a command is about, and where its server is. */
final class SteeringOptions {
  @Parameters(
      paramLabel = "ID",
      description = "The search: its workflow's id, as 'list' shows it (search-0123456789abcdef).")
  private String id;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @ArgGroup(exclusive = false, heading = "%nTemporal:%n")
  private TemporalOptions temporal = new TemporalOptions();

  @Mixin private PayloadOptions payloads = new PayloadOptions();

  /** What a command does with its search. */
  @FunctionalInterface
  interface Steering {
    SearchProgress run(SteeredSearch search) throws InterruptedException;
  }

  String id() {
    return id;
  }

  boolean json() {
    return json;
  }

  TemporalServer server(Console console) {
    return running(temporal, console);
  }

  /** The server that is named, or that of a command that uses the home folder meanwhile. */
  static TemporalServer running(TemporalOptions temporal, Console console) {
    Home home = Home.open(Home.defaultFolder());
    return new TemporalServers(home, console::note).running(temporal.choice(System.getenv()));
  }

  WorkflowClient client(TemporalServer server) {
    return payloads.clients(System.getenv()).client(server.stubs(), server.namespace());
  }

  /** What else there is to be said to people, once that is done. */
  @FunctionalInterface
  interface Remark {
    String of(SteeredSearch search) throws InterruptedException;
  }

  /**
   * Tells the search something, and prints how far it is.
   *
   * @param done what has become of it, in words
   */
  int steer(Console console, String done, Steering steering) throws InterruptedException {
    return steer(console, done, steering, search -> "");
  }

  /** As {@link #steer(Console, String, Steering)}, with a remark where people read it. */
  int steer(Console console, String done, Steering steering, Remark remark)
      throws InterruptedException {
    try (TemporalServer server = server(console)) {
      SteeredSearch search = new SteeredSearch(client(server), id);
      SearchProgress progress = steering.run(search);
      console.result(json ? json(progress) : text(done, progress) + said(remark, search));
      return ExitCodes.OK;
    }
  }

  /**
   * Nothing where it can't be had: what was asked for is done, and is not to be asked for again.
   */
  private static String said(Remark remark, SteeredSearch search) throws InterruptedException {
    try {
      return remark.of(search);
    } catch (UserError e) {
      return "";
    }
  }

  /** One line, with the search's id. */
  String json(SearchProgress progress) {
    ObjectNode line = Json.mapper().createObjectNode().put("id", id);
    line.setAll((ObjectNode) Json.mapper().valueToTree(progress));
    return line.toString();
  }

  private String text(String done, SearchProgress progress) {
    return String.format(
        Locale.ROOT,
        "%s %s: %s, iteration %d, %,d of %,d evaluations%s",
        id,
        done,
        progress.phase().name().toLowerCase(Locale.ROOT),
        progress.iteration(),
        progress.evaluated(),
        progress.evaluations(),
        Double.isFinite(progress.best())
            ? String.format(Locale.ROOT, ", best %.3f", progress.best())
            : "");
  }

  /** Who gives a command: {@code anna@desk}. */
  static String who() {
    String user = System.getProperty("user.name", "");
    try {
      return "%s@%s".formatted(user, InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      return user;
    }
  }
}
