package dev.selfpruner.infra.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfpruner.infra.Console;
import dev.selfpruner.infra.testing.Repository;
import dev.selfpruner.infra.worker.WorkerRole;
import dev.selfpruner.workflows.SearchAttributes;
import dev.selfpruner.workflows.TaskQueues;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Compose file, chart, image and Prometheus say what the program understands, and agree. */
class DeploymentFilesTest {
  private static final String CHART = "helm/selfpruner-workers/";
  private static final String METRICS_PORT = "--metrics-port";
  private static final int PORT = 9464;

  @Test
  void commandsOfTheComposeFileCanBeGiven() throws IOException {
    Set<String> roles = new TreeSet<>();
    for (JsonNode service : services()) {
      if (!service.path("image").asText().startsWith("selfpruner:")) {
        continue;
      }
      ParseResult parsed = parse(service.path("command"));
      if (parsed.hasSubcommand()) {
        ParseResult worker = parsed.subcommand();
        assertThat(worker.commandSpec().name()).isEqualTo("worker");
        assertThat(worker.matchedOptionValue(METRICS_PORT, 0)).isEqualTo(PORT);
        roles.add(String.valueOf(worker.matchedPositional(0).<Object>getValue()));
      }
    }
    assertThat(roles).containsExactly("[GPU]", "[LLM]", "[WORKFLOW]");
  }

  @Test
  void twoFieldsCanBeCompletedByTheComposeFilesWorkers() throws IOException {
    JsonNode llm = services().path("worker-llm");
    assertThat(llm.path("volumes"))
        .as("models and texts lie where GPU workers see them")
        .isNotEmpty()
        .isEqualTo(services().path("worker-gpu").path("volumes"));
    for (String service : List.of("worker-llm", "worker-gpu", "worker-cuda")) {
      assertReadsModelsAlone(parse(services().path(service).path("command")).subcommand());
    }
    assertThat(llm.at("/environment/" + DefaultTexts.CALIBRATION_VARIABLE).asText())
        .isEqualTo("${DEFAULT_CALIBRATION_TEXT:-}");
    assertThat(llm.at("/environment/" + DefaultTexts.TEST_VARIABLE).asText())
        .isEqualTo("${DEFAULT_TEST_TEXT:-}");
    assertThat(Repository.infra("README.md"))
        .contains(DefaultTexts.CALIBRATION_VARIABLE, DefaultTexts.TEST_VARIABLE);
  }

  @Test
  void theExampleOfTheEnvironmentHasWhatTheComposeFileReads() throws IOException {
    Set<String> read = found("\\$\\{([A-Z0-9_]+)", Repository.infra("compose/compose.yaml"));
    read.add("COMPOSE_PROFILES"); // by docker compose itself
    assertThat(found("(?m)^([A-Z0-9_]+)=", Repository.infra("compose/env.example")))
        .isEqualTo(read);
  }

  @Test
  void theComposeFileRegistersWhatSearchesAreFoundBy() throws IOException {
    String command = services().at("/search-attributes/entrypoint/2").asText();
    String told = SearchAttributes.command(List.of(), "default");
    assertThat(command).endsWith(told.substring(told.indexOf(" --namespace")));
  }

  @Test
  void prometheusAsksTheWorkersOfTheComposeFile() throws IOException {
    JsonNode asked =
        Repository.yaml(Repository.infra("prometheus/prometheus.yml"))
            .at("/scrape_configs/0/dns_sd_configs/0");
    assertThat(asked.path("port").asInt()).isEqualTo(PORT);
    assertThat(asked.path("names"))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(services().has(name.asText())).isTrue());
  }

  @Test
  void theImageListensWhereItIsAsked() throws IOException {
    String image = Repository.infra("docker/Dockerfile");
    assertThat(image)
        .contains("EXPOSE %d\n".formatted(PORT), "http://127.0.0.1:%d/healthz".formatted(PORT));
    assertThat(image).contains("USER 10001:10001", "expandable_segments:True");
    assertThat(found("(?i)(KEY|TOKEN|PASSWORD|SECRET)\\w*=", image)).isEmpty();
  }

  @Test
  void optionsOfTheChartAreTheWorkers() throws IOException {
    CommandLine worker = commands().getSubcommands().get("worker");
    Set<String> options =
        found("- (--[a-z0-9-]+)", Repository.infra(CHART + "templates/deployments.yaml"));
    assertThat(options)
        .contains(METRICS_PORT)
        .isSubsetOf(worker.getCommandSpec().optionsMap().keySet());
  }

  @Test
  void queuesHaveTheirNames() throws IOException {
    Set<String> known = Set.of(TaskQueues.GPU, TaskQueues.LLM, TaskQueues.WORKFLOW);
    Set<String> named = new TreeSet<>();
    for (String file :
        List.of(
            CHART + "templates/scaledobject.yaml",
            "prometheus/selfpruner-alerts.yml",
            "grafana/dashboards/selfpruner.json")) {
      String text = Repository.infra(file);
      for (String names : found("task_queue=~?\\\\?\"([^\"\\\\]+)", text)) {
        named.addAll(List.of(names.split("\\|")));
      }
      named.addAll(found("taskQueue: (\\S+)", text));
    }
    assertThat(named).contains(TaskQueues.GPU).isSubsetOf(known);
  }

  @Test
  void aQueueThatNobodyWorksOnIsNoticedWhateverTheOthersDo() throws IOException {
    JsonNode noWorker =
        Repository.yaml(Repository.infra("prometheus/selfpruner-alerts.yml"))
            .at("/groups/0/rules/0");
    assertThat(noWorker.path("alert").asText()).isEqualTo("SelfprunerNoWorker");
    assertThat(noWorker.path("expr").asText().split(" or ", -1))
        .containsExactlyInAnyOrder(
            Stream.of(TaskQueues.GPU, TaskQueues.LLM, TaskQueues.WORKFLOW)
                .map("absent(temporal_worker_task_slots_available{task_queue=\"%s\"})"::formatted)
                .toArray(String[]::new));
  }

  /** With Helm's binary, which {@code .ci/run} has. */
  @Test
  @EnabledIfEnvironmentVariable(named = "SELFPRUNER_HELM", matches = ".+")
  void theChartRendersWorkersThatCanStart() throws Exception {
    Process helm = helm().redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String rendered = output(helm);
    assertThat(helm.waitFor()).isZero();
    List<String> kinds = new ArrayList<>();
    for (JsonNode object : Repository.documents(rendered)) {
      kinds.add(object.path("kind").asText());
      if (object.path("kind").asText().equals("TriggerAuthentication")) {
        assertThat(object.at("/spec/secretTargetRef"))
            .as("KEDA takes whichever of them the secret has")
            .extracting(
                entry -> entry.path("parameter").asText(), entry -> entry.path("key").asText())
            .containsExactlyInAnyOrder(
                tuple("apiKey", "TEMPORAL_API_KEY"),
                tuple("cert", "TEMPORAL_TLS_CLIENT_CERT_DATA"),
                tuple("key", "TEMPORAL_TLS_CLIENT_KEY_DATA"),
                tuple("ca", "TEMPORAL_TLS_SERVER_CA_CERT_DATA"));
        assertThat(object.at("/spec/secretTargetRef").findValuesAsText("name"))
            .containsOnly("temporal-key");
      }
      if (object.path("kind").asText().equals("Deployment")) {
        JsonNode pod = object.at("/spec/template/spec");
        JsonNode worker = pod.at("/containers/0");
        ParseResult parsed = parse(worker.path("args")).subcommand();
        List<WorkerRole> roles = parsed.matchedPositionalValue(0, List.of());
        assertThat(parsed.matchedOptionValue(METRICS_PORT, 0)).isEqualTo(PORT);
        assertThat(parsed.hasMatchedOption("--build-id"))
            .as("what computes has no version, unless somebody wants it")
            .isNotEqualTo(roles.equals(List.of(WorkerRole.GPU)));
        assertThat(variables(worker))
            .containsEntry("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.tracing:4318")
            .containsEntry("TEMPORAL_TLS", "true");
        if (!roles.equals(List.of(WorkerRole.WORKFLOW))) {
          assertReadsModelsAlone(parsed);
          assertThat(worker.path("volumeMounts").findValuesAsText("mountPath")).contains("/models");
        }
        if (roles.equals(List.of(WorkerRole.LLM))) {
          assertThat(parsed.matchedOptionValue("--default-calibration-text", Path.of("")))
              .isEqualTo(Path.of("/models/train.txt"));
          assertThat(parsed.matchedOptionValue("--default-test-text", Path.of("")))
              .isEqualTo(Path.of("/models/test.txt"));
        }
        assertThat(worker.path("envFrom").findValuesAsText("name"))
            .contains("temporal-key", "s3-keys", "tracing-headers");
        assertThat(worker.at("/ports/0/containerPort").asInt()).isEqualTo(PORT);
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.path("terminationGracePeriodSeconds").asInt()).isGreaterThan(25);
      }
    }
    assertThat(kinds)
        .contains("ServiceMonitor", "ScaledObject", "TriggerAuthentication", "ServiceAccount")
        .filteredOn(kind -> kind.equals("Deployment") || kind.equals("PodDisruptionBudget"))
        .hasSize(6);
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "SELFPRUNER_HELM", matches = ".+")
  void theChartRefusesWhatCannotStart() throws Exception {
    assertRefused("versions.deployment=", "set versions.deployment", "versions.build is 1.4.0");
    assertRefused(
        "workers.llm.modelsClaim=",
        "launch names /models/train.txt",
        "set workers.llm.modelsClaim");
    assertRefused("launch.testText=/elsewhere/test.txt", "testText", "/models/");
  }

  private static void assertRefused(String value, String... reasons) throws Exception {
    Process helm = helm("--set", value).redirectErrorStream(true).start();
    assertThat(output(helm)).as(value).contains(reasons);
    assertThat(helm.waitFor()).as(value).isNotZero();
  }

  private static void assertReadsModelsAlone(ParseResult worker) {
    List<Path> models = List.of(Path.of("/models"));
    assertThat(worker.<List<Path>>matchedOptionValue("--model-roots", List.of())).isEqualTo(models);
    assertThat(worker.<List<Path>>matchedOptionValue("--text-roots", List.of())).isEqualTo(models);
  }

  /** What renders the chart with everything on. */
  private static ProcessBuilder helm(String... more) {
    List<String> command =
        new ArrayList<>(List.of(System.getenv("SELFPRUNER_HELM"), "template", "workers", CHART));
    command.addAll(List.of("--kube-version", "1.31.0", "--values", CHART + "ci/test-values.yaml"));
    command.addAll(List.of(more));
    return new ProcessBuilder(command);
  }

  private static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  private static CommandLine commands() {
    return Commands.commandLine(new Console(System.out, System.err, 0));
  }

  private static ParseResult parse(JsonNode command) {
    List<String> arguments = new ArrayList<>();
    command.forEach(argument -> arguments.add(argument.asText()));
    return commands().parseArgs(arguments.toArray(String[]::new));
  }

  private static Map<String, String> variables(JsonNode container) {
    Map<String, String> variables = new TreeMap<>();
    container
        .path("env")
        .forEach(
            variable ->
                variables.put(variable.path("name").asText(), variable.path("value").asText()));
    return variables;
  }

  private static JsonNode services() throws IOException {
    return Repository.yaml(Repository.infra("compose/compose.yaml")).path("services");
  }

  private static Set<String> found(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
