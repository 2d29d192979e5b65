package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.RealServers;
import dev.selfpruner.infra.embedded.SearchList;
import dev.selfpruner.infra.embedded.SteeredSearch;
import dev.selfpruner.infra.testing.Specs;
import dev.selfpruner.workflows.SearchInput;
import dev.selfpruner.workflows.SearchSpec;
import dev.selfpruner.workflows.SearchWorkflow;
import dev.selfpruner.workflows.TaskQueues;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testing.TemporalDevServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs Temporal's CLI: see {@link RealServers}. */
class SteeringServerTest {
  private static final Pattern ID = Pattern.compile("search-[0-9a-f]{16}");
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir private Path folder;

  @Test
  void aSearchIsPausedExtendedGivenACandidateResumedAndStoppedFromOtherCommands() throws Exception {
    Map<String, String> environment =
        Map.of("SELFPRUNER_TEMPORAL_CLI", RealServers.temporalCli().toString());
    DemoSearch search = DemoSearch.in(folder);
    CommandProcess searching = search.start(environment, "--iterations", "500");
    try {
      String id = id(searching);
      await(searching, () -> listed(search).path("iteration").asInt() >= 1);

      JsonNode paused = json(search, "pause", id, "--reason", "for lunch");
      assertThat(paused.path("paused").asText()).startsWith("for lunch (");
      long settled = settled(search);
      Thread.sleep(2_000);
      assertThat(search.journal().begun()).as("nothing new").isEqualTo(settled);
      await(searching, () -> listed(search).path("phase").asText().equals("paused"));
      assertThat(listed(search).path("status").asText()).isEqualTo("running");
      await(searching, () -> searching.errors().contains("paused: for lunch ("));
      assertThat(command(search, "pause", id).failure())
          .contains(id + ": the search is paused already: for lunch (");

      assertThat(command(search, "inject", id, "--rates", "0.1,0.2").failure())
          .contains("a candidate for 2 layers, but the model has 8");
      int expected =
          json(search, "inject", id, "--rates", "0.0,0.1,0.2,0.3,0.4,0.4,0.5,0.5")
              .path("evaluations")
              .asInt();
      assertThat(command(search, "extend", id, "--max-tokens", "+5M").failure())
          .contains("tokens: the search has no limit that could be extended");
      assertThat(json(search, "extend", id, "--iterations", "+2").path("evaluations").asInt())
          .isEqualTo(expected + 2 * (2 + 2));

      int iteration = paused.path("iteration").asInt();
      assertThat(json(search, "resume", id).path("paused").asText()).isEmpty();
      await(searching, () -> listed(search).path("iteration").asInt() > iteration + 1);
      CommandProcess watching = command(search, "watch", id, "--json");
      await(searching, () -> watching.output().contains("\"phase\":\"SEARCHING\""));
      json(search, "stop", id, "--reason", "seen enough");

      JsonNode result = searching.result();
      assertThat(result.path("exhausted").asText()).startsWith("a person's stop: seen enough (");
      List<String> lines = watching.text().lines().toList();
      assertThat(lines.get(lines.size() - 1)).contains("\"result\":", "seen enough");
      JsonNode inspected = search.inspect(id, "--json").result();
      assertThat(inspected.path("result").path("exhausted").asText()).contains("seen enough");
      List<Integer> injected = new ArrayList<>();
      inspected
          .path("iterations")
          .forEach(each -> injected.add(each.path("candidates").path("injected").asInt()));
      assertThat(injected).containsOnlyOnce(1);
      // of the iteration that had not begun yet: the one it was paused in, or the next
      assertThat(injected.indexOf(1)).isBetween(iteration, iteration + 1);
    } finally {
      searching.kill();
    }
  }

  @Test
  void aServerWithoutSearchAttributesOrWorkersSaysWhatToDo() throws Exception {
    try (TemporalDevServer temporal =
        SharedServers.startTemporal(RealServers.temporalCli(), folder)) {
      WorkflowServiceStubs stubs =
          WorkflowServiceStubs.newServiceStubs(
              WorkflowServiceStubsOptions.newBuilder().setTarget(temporal.getTarget()).build());
      WorkflowClient client = WorkflowClient.newInstance(stubs);
      SearchSpec spec = Specs.builtIn();
      SearchWorkflow stub =
          client.newWorkflowStub(
              SearchWorkflow.class,
              WorkflowOptions.newBuilder()
                  .setTaskQueue(TaskQueues.WORKFLOW)
                  .setWorkflowId(spec.workflowId())
                  .build());
      var unused = WorkflowClient.start(stub::search, SearchInput.of(spec));
      SteeredSearch search = new SteeredSearch(client, spec.workflowId(), Duration.ofSeconds(3));

      assertThatThrownBy(() -> search.update("pause", "", ""))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("no worker of it answers: start one");
      assertThatThrownBy(() -> new SteeredSearch(client, "search-none").update("resume"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("the server knows no search search-none");
      eventually(() -> new SearchList(client).latest(5).size() == 1);
      SearchList.Listed listed = new SearchList(client).latest(5).get(0);
      assertThat(listed.id()).isEqualTo(spec.workflowId());
      assertThat(listed.status()).isEqualTo("running");
      assertThat(listed.phase()).isEmpty();
      Path home = Files.createDirectory(folder.resolve("home"));
      assertThat(listing(home, temporal.getTarget()))
          .contains("temporal operator search-attribute create --namespace default --name ");

      WorkflowStub.fromTyped(stub).terminate("a test");
      assertThatThrownBy(() -> search.update("resume"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(spec.workflowId() + " is over (terminated)");
      stubs.shutdownNow();
    }
  }

  private static String listing(Path home, String target) throws Exception {
    CommandProcess list =
        CommandProcess.start(home, Map.of(), List.of("list", "--temporal-address", target));
    assertThat(list.text()).contains("running");
    return list.errors();
  }

  /** The search's id, once its command has told it. */
  private static String id(CommandProcess searching) throws Exception {
    await(searching, () -> ID.matcher(searching.errors()).find());
    Matcher id = ID.matcher(searching.errors());
    assertThat(id.find()).isTrue();
    return id.group();
  }

  /** Evaluations begun, once those that have begun have ended. */
  private static long settled(DemoSearch search) throws Exception {
    eventually(() -> search.journal().begun() == search.journal().ended());
    Thread.sleep(1_000);
    eventually(() -> search.journal().begun() == search.journal().ended());
    return search.journal().begun();
  }

  private static JsonNode listed(DemoSearch search) throws Exception {
    JsonNode all = command(search, "list", "--json").result();
    assertThat(all.size()).isLessThanOrEqualTo(1);
    return all.path(0);
  }

  private static JsonNode json(DemoSearch search, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    return command(search, all.toArray(String[]::new)).result();
  }

  private static CommandProcess command(DemoSearch search, String... arguments) throws IOException {
    return CommandProcess.start(search.home(), Map.of(), List.of(arguments));
  }

  /** Something that is to come true. */
  @FunctionalInterface
  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(CommandProcess command, Condition condition) throws Exception {
    eventually(
        () -> {
          assertThat(command.isRunning()).as(command.errors()).isTrue();
          return condition.holds();
        });
  }

  private static void eventually(Condition condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(100);
    }
  }
}
