package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.infra.embedded.RealServers;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.testing.TemporalDevServer;
import io.temporal.testing.TemporalDevServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Searches from Temporal's own web interface, by its form and its buttons. Needs Temporal's CLI
 * ({@link RealServers}) and Chromium ({@link Browser}). What was to be seen lies under {@code
 * target/screenshots}.
 */
class LaunchFromUiServerTest {
  private static final int MOST_LOOKS = 60;
  private static final long LOADING_MILLIS = 1_500;
  private static final Path PICTURES = Path.of("target", "screenshots");
  private static final String FORM =
      "start-workflow?taskQueue=selfpruner&workflowType=SearchWorkflow&workflowId=";

  /** A row of the details' table, laid out or as it was written. */
  private static final Pattern EVALUATED = Pattern.compile("evaluated[\\s|]+[\\d,]+ of [\\d,]+");

  @TempDir private Path folder;
  private TemporalDevServer temporal;
  private CommandProcess worker;
  private Browser browser;
  private URI workflows;
  private DemoSearch demo;

  @BeforeEach
  void start() throws Exception {
    Path cli = RealServers.temporalCli();
    browser = Browser.start(folder);
    int port = freePort();
    workflows = URI.create("http://127.0.0.1:%d/namespaces/default/workflows/".formatted(port));
    temporal =
        TemporalDevServer.start(
            TemporalDevServerOptions.newBuilder()
                .setExistingPath(cli.toString())
                .setDownloadEnabled(false)
                .setUiPort(port)
                .setLogFile(folder.resolve("temporal.log").toString())
                .build());
    demo = DemoSearch.in(folder);
    worker =
        CommandProcess.start(
            Files.createDirectory(folder.resolve("worker")),
            Map.of(
                "SELFPRUNER_DEFAULT_CALIBRATION_TEXT",
                demo.demo().searchText().toString(),
                "SELFPRUNER_DEFAULT_TEST_TEXT",
                demo.demo().testText().toString()),
            List.of(
                "worker", "gpu", "llm", "workflow", "--temporal-address", temporal.getTarget()));
  }

  @AfterEach
  void stop() throws Exception {
    if (worker != null) {
      worker.kill();
    }
    if (temporal != null) {
      temporal.close();
    }
    if (browser != null) {
      browser.end();
    }
  }

  @Test
  void twoFieldsStartASearchThatIsWatchedAndEnded() throws Exception {
    launch("two-fields", "{\"model\": \"%s\", \"sparsity\": 0.3}".formatted(demo.demo().model()));
    browser.picture(PICTURES.resolve("launch-1-form.png"));

    String first = details("two-fields", "");
    browser.picture(PICTURES.resolve("launch-2-details.png"));
    String later = details("two-fields", first);
    browser.picture(PICTURES.resolve("launch-3-details-later.png"));
    assertThat(later).isNotEqualTo(first);

    browser.click("button", "Request Cancellation");
    browser.click("[data-testid=confirm-modal-button]", "Confirm");
    String ended =
        browser.read("the end", text -> text.contains("CANCELED") || text.contains("Canceled"));
    browser.picture(PICTURES.resolve("launch-4-cancelled.png"));
    assertThat(ended).contains("two-fields");
    assertThat(status("two-fields"))
        .isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED);
  }

  @Test
  void aMistakeIsShownWithItsField() throws Exception {
    launch("mistake", "{\"model\": \"%s\", \"sparcity\": 0.3}".formatted(demo.demo().model()));
    browser.open(workflows.resolve("mistake"));
    String shown =
        browser.read("the mistake", text -> text.contains("sparcity: there is no such field"));
    browser.picture(PICTURES.resolve("launch-5-mistake.png"));

    assertThat(shown).containsIgnoringCase("failed");
    assertThat(status("mistake"))
        .isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED);
  }

  /** Fills in the form whose address is in the documentation, and sends it off. */
  private void launch(String workflowId, String input) throws Exception {
    browser.open(workflows.resolve(FORM + workflowId));
    browser.type(".cm-content", input);
    browser.click("h1", "Start Workflow"); // leaving the editor lays its text out anew
    String unusedInput =
        browser.read("the input, laid out", text -> text.contains("\n  \"model\""));
    browser.click("[data-testid=start-workflow-button]", "Start Workflow");
    String unusedStart = browser.read("the start", text -> text.contains("started successfully"));
  }

  /** The line that says how far the search is, once it is another than {@code before}. */
  private String details(String workflowId, String before) throws Exception {
    for (int look = 0; look < MOST_LOOKS; look++) {
      browser.open(workflows.resolve(workflowId)); // a page shows the details as they were
      browser.click("[data-testid=user-metadata-tab]", "");
      String unusedHeading = browser.read("details", text -> text.contains("Current Details"));
      Thread.sleep(LOADING_MILLIS);
      String now = line(browser.read("details", text -> true));
      if (!now.isEmpty() && !now.equals(before)) {
        return now;
      }
    }
    throw new AssertionError("the details stay as they are: " + before);
  }

  private static String line(String text) {
    return EVALUATED.matcher(text).results().map(MatchResult::group).findFirst().orElse("");
  }

  private WorkflowExecutionStatus status(String workflowId) {
    return SharedServers.client(temporal).newUntypedWorkflowStub(workflowId).describe().getStatus();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
