package dev.selfpruner.infra.gc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.Digests;
import dev.selfpruner.infra.embedded.Home;
import dev.selfpruner.infra.embedded.RealServers;
import dev.selfpruner.infra.embedded.TemporalChoice;
import dev.selfpruner.infra.embedded.TemporalServer;
import dev.selfpruner.infra.embedded.TemporalServers;
import dev.selfpruner.infra.testing.Specs;
import dev.selfpruner.workflows.SearchSpec;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workflows on a real server, where nobody works on them: their histories are their inputs. */
@Timeout(120)
class OpenWorkflowsServerTest {
  private static final String ARTIFACT = Digests.sha256("an artifact");
  private static final SearchSpec SPEC = Specs.builtIn();

  @TempDir private Path folder;

  @Test
  void tellsWhatOpenWorkflowsMayAskFor() throws Exception {
    Path cli = RealServers.temporalCli();
    try (TemporalServer server =
        new TemporalServers(new Home(folder.toRealPath()), note -> {})
            .open(new TemporalChoice.Executable(cli))) {
      WorkflowClient client = WorkflowClient.newInstance(server.stubs());
      WorkflowStub search = start(client, "SearchWorkflow", "a-search-with-another-name", SPEC);
      start(client, "IterationWorkflow", "search-0123456789abcdef-iteration-01", "see " + ARTIFACT);
      OpenWorkflows open = await(client, 2);
      assertThat(open.mention(SPEC.key() + "/3/MUTATE")).isTrue();
      assertThat(open.mention("{\"model\":\"%s\"}".formatted(ARTIFACT))).isTrue();
      assertThat(open.mention("0123456789abcdef" + "0".repeat(48))).isTrue();
      assertThat(open.mention("search-0123456789abcdef")).isTrue();
      assertThat(open.mention(SPEC.withRun(2).key())).isFalse();
      assertThat(open.mention("no digest")).isFalse();
      assertThat(open.digests()).contains(ARTIFACT);

      search.terminate("enough");
      assertThat(await(client, 1).mention(SPEC.key())).isFalse();
    }
  }

  private static WorkflowStub start(
      WorkflowClient client, String type, String id, Object argument) {
    WorkflowStub stub =
        client.newUntypedWorkflowStub(
            type, WorkflowOptions.newBuilder().setWorkflowId(id).setTaskQueue("nobody's").build());
    stub.start(argument);
    return stub;
  }

  /** A server's list follows what happens after a while. */
  private static OpenWorkflows await(WorkflowClient client, int count) throws Exception {
    OpenWorkflows open = OpenWorkflows.of(client);
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (open.ids().size() != count && System.nanoTime() < end) {
      Thread.sleep(200);
      open = OpenWorkflows.of(client);
    }
    assertThat(open.ids()).hasSize(count);
    return open;
  }
}
