package dev.selfpruner.infra.cli;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.embedded.TemporalServer;
import dev.selfpruner.infra.worker.CurrentVersions;
import dev.selfpruner.infra.worker.WorkerVersion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which version of a deployment workers are, where somebody wants them to be one. */
final class VersionOptions {
  /** As Temporal's controller for Kubernetes names them. */
  static final String DEPLOYMENT_VARIABLE = "TEMPORAL_DEPLOYMENT_NAME";

  static final String BUILD_VARIABLE = "TEMPORAL_WORKER_BUILD_ID";

  /** What only {@code worker} reads: not the workers that a command brings along. */
  static final List<String> VARIABLES = List.of(DEPLOYMENT_VARIABLE, BUILD_VARIABLE);

  private static final String DEPLOYMENT = "--deployment-name";
  private static final String BUILD = "--build-id";

  /** Of what is not released yet. */
  private static final String UNRELEASED = "-SNAPSHOT";

  @Option(
      names = DEPLOYMENT,
      paramLabel = "NAME",
      description =
          "Be a version of this Temporal worker deployment, so that searches stay with the version that they began with: see infra/docs/versions.md (default: TEMPORAL_DEPLOYMENT_NAME, else none).")
  private String deployment = "";

  @Option(
      names = BUILD,
      paramLabel = "ID",
      description =
          "Which version that is (default: TEMPORAL_WORKER_BUILD_ID, else the release's number).")
  private String build = "";

  /**
   * What options and environment say together, the options first.
   *
   * @param release number of this program's; empty where it doesn't run from its jar
   * @throws UserError if they say half of it, or what no server takes
   */
  WorkerVersion version(Map<String, String> environment, Optional<String> release) {
    String name = either(deployment, environment, DEPLOYMENT_VARIABLE);
    String id = either(build, environment, BUILD_VARIABLE);
    if (name.isEmpty() && id.isEmpty()) {
      return WorkerVersion.UNTOLD;
    }
    if (name.isEmpty()) {
      throw new UserError(
          "%s is given, but not of which deployment: give %s or %s, too"
              .formatted(
                  build.isBlank() ? BUILD_VARIABLE : BUILD, DEPLOYMENT, DEPLOYMENT_VARIABLE));
    }
    try {
      return new WorkerVersion.Told(name, id.isEmpty() ? released(release) : id);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "%s: correct %s and %s, or %s and %s"
              .formatted(e.getMessage(), DEPLOYMENT, BUILD, DEPLOYMENT_VARIABLE, BUILD_VARIABLE),
          e);
    }
  }

  /**
   * What people read where such workers start: without the command in it, they would wait for work
   * that nobody gives them.
   */
  static List<String> standing(WorkerVersion version, TemporalServer server) {
    if (!(version instanceof WorkerVersion.Told told)) {
      return List.of();
    }
    Optional<CurrentVersions.Routing> routing =
        new CurrentVersions(server.stubs(), server.namespace()).ofDeployment(told.deployment());
    Optional<String> own = Optional.of(told.toString());
    if (routing.isPresent() && routing.get().current().equals(own)) {
      return List.of("version %s is the current one: new searches come here".formatted(told));
    }
    if (routing.isPresent() && routing.get().ramping().equals(own)) {
      return List.of("version %s is ramping: a share of new searches comes here".formatted(told));
    }
    return List.of(
        routing
            .map(
                known ->
                    "version %s is not the current one (%s): no new search comes here before"
                        .formatted(told, others(known)))
            .orElse(
                "the server doesn't say whether version %s is the current one (the log has the reason). If none is, no new search comes here before"
                    .formatted(told)),
        "  temporal worker deployment set-current-version --address %s --namespace %s --deployment-name %s --build-id %s"
            .formatted(server.target(), server.namespace(), told.deployment(), told.buildId()));
  }

  private static String others(CurrentVersions.Routing routing) {
    return routing.current().map(other -> other + " is").orElse("none is");
  }

  /** Of the jar that this program is. */
  static Optional<String> release() {
    return Optional.ofNullable(VersionOptions.class.getPackage().getImplementationVersion());
  }

  /** Builds of one snapshot differ: searches would go from one to another unseen. */
  private static String released(Optional<String> release) {
    return release
        .filter(number -> !number.endsWith(UNRELEASED))
        .orElseThrow(
            () ->
                new UserError(
                    "this program is no release%s: give %s or %s, such as the commit that it was built from"
                        .formatted(
                            release.map(number -> " (" + number + ")").orElse(""),
                            BUILD,
                            BUILD_VARIABLE)));
  }

  private static String either(String option, Map<String, String> environment, String variable) {
    return option.isBlank() ? environment.getOrDefault(variable, "").strip() : option.strip();
  }
}
