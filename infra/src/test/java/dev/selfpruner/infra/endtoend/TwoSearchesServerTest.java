package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfpruner.gpu.activity.EvaluationJournal.Event;
import dev.selfpruner.gpu.activity.EvaluationJournal.Line;
import dev.selfpruner.infra.embedded.RealServers;
import dev.selfpruner.infra.worker.WorkerRole;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two searches of one model at a time, on one Temporal server and one store, with three GPU workers
 * that take the work of both. Needs Temporal's CLI and versitygw: see {@link RealServers}.
 */
class TwoSearchesServerTest {
  private static final List<WorkerRole> ONE_GPU_WORKER =
      List.of(WorkerRole.GPU, WorkerRole.LLM, WorkerRole.WORKFLOW);

  private static final List<WorkerRole> THREE_GPU_WORKERS =
      List.of(WorkerRole.GPU, WorkerRole.GPU, WorkerRole.GPU, WorkerRole.LLM, WorkerRole.WORKFLOW);

  /** The LLM answers each size of a population with other lists. */
  private static final String[] ONE = {"--population", "4", "--iterations", "6"};

  private static final String[] OTHER = {"--population", "6", "--iterations", "6"};

  /** The dense model and uniform rates are measured by both, maybe at the same time. */
  private static final int SHARED = 2;

  @TempDir private Path folder;

  @Test
  void endAsEachDoesAlone() throws Exception {
    RealServers.temporalCli();
    RealServers.versityGateway();
    JsonNode one;
    JsonNode other;
    Path alone = folder.resolve("alone");
    try (Deployment deployment = deployment(alone, ONE_GPU_WORKER)) {
      one = deployment.search(demo(alone, "one"), ONE).result();
    }
    Path aloneToo = folder.resolve("alone-too");
    try (Deployment deployment = deployment(aloneToo, ONE_GPU_WORKER)) {
      other = deployment.search(demo(aloneToo, "other"), OTHER).result();
    }
    assertThat(one.path("searched")).isNotEqualTo(other.path("searched"));

    Path both = folder.resolve("both");
    try (Deployment deployment = deployment(both, THREE_GPU_WORKERS)) {
      CommandProcess first = deployment.search(demo(both, "one"), ONE);
      CommandProcess second = deployment.search(demo(both, "other"), OTHER);
      assertThat(found(first.result())).isEqualTo(found(one));
      assertThat(found(second.result())).isEqualTo(found(other));

      assertThat(deployment.workers().subList(0, 3))
          .as("each took some of the work")
          .allSatisfy(worker -> assertThat(worker.journal().ended()).isPositive());
      List<Line> ends =
          deployment.journal().lines().stream().filter(line -> line.event() == Event.END).toList();
      assertThat(ends.stream().map(Line::key).distinct().count())
          .isBetween(ends.size() - (long) SHARED, (long) ends.size());
      assertThat(deployment.files().broken()).isEmpty();
    }
  }

  private static Deployment deployment(Path folder, List<WorkerRole> roles) throws Exception {
    return Deployment.start(folder.resolve("servers"), folder.resolve("disk"), roles);
  }

  private static DemoSearch demo(Path folder, String name) throws Exception {
    return DemoSearch.in(Files.createDirectory(folder.resolve(name)));
  }

  /** Without what depends on the folder, and on what the other search has measured. */
  private static JsonNode found(JsonNode result) {
    return ((ObjectNode) result.deepCopy())
        .remove(List.of("alreadyKnown", "model", "output", "searchKey", "texts"));
  }
}
