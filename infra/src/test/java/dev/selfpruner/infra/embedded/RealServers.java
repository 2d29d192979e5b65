package dev.selfpruner.infra.embedded;

import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** What tests against real servers need, or say that they were skipped for. */
public final class RealServers {
  private RealServers() {}

  /** The CLI that {@code SELFPRUNER_TEMPORAL_CLI} names; without it, the test is skipped. */
  public static Path temporalCli() {
    String path = System.getenv("SELFPRUNER_TEMPORAL_CLI");
    require(path != null, "SELFPRUNER_TEMPORAL_CLI does not name Temporal's CLI");
    return Path.of(path);
  }

  /**
   * The S3 server that {@code SELFPRUNER_VERSITYGW} names, to be run as a plain process; without
   * it, the test is skipped.
   */
  public static Path versityGateway() {
    String path = System.getenv("SELFPRUNER_VERSITYGW");
    require(path != null, "SELFPRUNER_VERSITYGW does not name versitygw");
    return Path.of(path);
  }

  /** Skips the test, or fails it where {@code SELFPRUNER_REQUIRE_SERVERS} says so. */
  public static void require(boolean there, String otherwise) {
    if (!there && Boolean.parseBoolean(System.getenv("SELFPRUNER_REQUIRE_SERVERS"))) {
      fail(otherwise);
    }
    Assumptions.assumeTrue(there, otherwise);
  }
}
