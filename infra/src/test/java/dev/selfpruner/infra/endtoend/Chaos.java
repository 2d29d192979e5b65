package dev.selfpruner.infra.endtoend;

import dev.selfpruner.infra.testing.SmallDisk;
import dev.selfpruner.infra.testing.TcpLink;
import dev.selfpruner.infra.worker.WorkerRole;
import dev.selfpruner.llm.testing.Reply;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Faults in an order and of a length that follow from a seed. Each is mended before it returns:
 * what was killed is started again, as a supervisor would.
 */
final class Chaos {
  /** A supervisor needs a moment, a person a little more; shorter than the heartbeats' timeout. */
  private static final int LONGEST_MILLIS = 6_000;

  private final Deployment deployment;
  private final Optional<SmallDisk> disk;
  private final Random random;
  private final Deque<Fault> next = new ArrayDeque<>();
  private int struck;

  /**
   * The chaos of a seed.
   *
   * @param disk of the store; where there is none, it is never full
   */
  Chaos(Deployment deployment, Optional<SmallDisk> disk, Random random) {
    this.deployment = deployment;
    this.disk = disk;
    this.random = random;
  }

  /** Waits for a moment, lets something go wrong, and mends it. */
  Strike strike(long ended, int withinMillis) throws IOException, InterruptedException {
    Thread.sleep(random.nextInt(withinMillis));
    Fault fault = nextFault();
    Instant at = Instant.now();
    String how = strike(fault);
    return new Strike(++struck, fault, how, ended, at, Duration.between(at, Instant.now()));
  }

  /** All kinds in some order, then in another. */
  private Fault nextFault() {
    if (next.isEmpty()) {
      Set<Fault> kinds = EnumSet.allOf(Fault.class);
      if (disk.isEmpty()) {
        kinds.remove(Fault.DISK_FULL);
      }
      List<Fault> shuffled = new ArrayList<>(kinds);
      Collections.shuffle(shuffled, random);
      next.addAll(shuffled);
    }
    return next.pop();
  }

  private String strike(Fault fault) throws IOException, InterruptedException {
    return switch (fault) {
      case GPU_WORKER_KILLED -> kill(WorkerRole.GPU);
      case LLM_WORKER_KILLED -> kill(WorkerRole.LLM);
      case WORKFLOW_WORKER_KILLED -> kill(WorkerRole.WORKFLOW);
      case TEMPORAL_KILLED -> {
        deployment.temporal().kill();
        pause();
        deployment.temporal().start();
        yield "";
      }
      case STORE_KILLED -> {
        deployment.s3().kill();
        pause();
        deployment.s3().start();
        yield "";
      }
      case DISK_FULL -> {
        disk.orElseThrow().fill();
        pause();
        disk.orElseThrow().empty();
        yield "";
      }
      case LLM_REFUSES -> refuse();
      case NETWORK_CUT -> cut();
    };
  }

  private String kill(WorkerRole role) throws IOException, InterruptedException {
    RemoteWorker worker = deployment.worker(role);
    worker.kill();
    pause();
    worker.start();
    return "";
  }

  private String refuse() throws InterruptedException {
    switch (random.nextInt(3)) {
      case 0 -> {
        return answering(Reply.tooMany(1), "HTTP 429");
      }
      case 1 -> {
        return answering(Reply.error(500, "out of order"), "HTTP 500");
      }
      default -> {
        deployment.toLlm().silence();
        pause();
        deployment.toLlm().breakDown(); // what hangs is lost
        deployment.toLlm().restore();
        return "hangs";
      }
    }
  }

  private String answering(Reply refusal, String how) throws InterruptedException {
    deployment.llmAnswers(Optional.of(refusal));
    pause();
    deployment.llmAnswers(Optional.empty());
    return how;
  }

  private String cut() throws InterruptedException {
    RemoteWorker worker = deployment.workers().get(random.nextInt(deployment.workers().size()));
    boolean fromStore = worker.role() != WorkerRole.WORKFLOW && random.nextBoolean();
    TcpLink link = fromStore ? worker.toStore() : worker.toTemporal();
    boolean silent = random.nextBoolean();
    if (silent) {
      link.silence();
    } else {
      link.breakDown();
    }
    pause();
    link.restore();
    return "%s from %s, %s"
        .formatted(
            worker.role(), fromStore ? "the store" : "Temporal", silent ? "silent" : "broken");
  }

  private void pause() throws InterruptedException {
    Thread.sleep(200 + random.nextInt(LONGEST_MILLIS - 200));
  }
}
