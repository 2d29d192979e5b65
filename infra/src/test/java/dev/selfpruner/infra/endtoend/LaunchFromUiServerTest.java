package dev.selfpruner.infra.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.activities.search.SearchResult;
import dev.selfpruner.infra.embedded.RealServers;
import dev.selfpruner.workflows.TaskQueues;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
  private static final Pattern EVALUATED =
      Pattern.compile("evaluated[\\s\\u2003|]+[\\d,]+ of [\\d,]+");

  /** Long enough for a batch that has begun to end, and for what must not begin to begin. */
  private static final long A_WHILE_MILLIS = 1_500;

  private static final String DIALOG = "#update-confirmation-modal ";

  @TempDir private static Path folder;
  private static TemporalDevServer temporal;
  private static CommandProcess worker;
  private static Browser browser;
  private static URI workflows;
  private static DemoSearch demo;
  private static Path home;

  @BeforeAll
  static void start() throws Exception {
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
    home = Files.createDirectory(folder.resolve("worker"));
    worker =
        CommandProcess.start(
            home,
            Map.of(
                "SELFPRUNER_DEFAULT_CALIBRATION_TEXT",
                demo.demo().searchText().toString(),
                "SELFPRUNER_DEFAULT_TEST_TEXT",
                demo.demo().testText().toString()),
            List.of(
                "worker", "gpu", "llm", "workflow", "--temporal-address", temporal.getTarget()));
  }

  @AfterAll
  static void stop() throws Exception {
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

  @Test
  void aRunningSearchIsPausedResumedAndStoppedByTheDialogForUpdates() throws Exception {
    begin("steered");
    String before = details("steered", details("steered", "")); // evaluates

    update("steered", "pause", "\"GPU needed for lunch\"", "steer-1-pause");
    long begun = settled();
    String paused = details("steered", before);
    assertThat(browser.read("why", text -> text.contains("Paused: GPU needed for lunch")))
        .containsPattern("phase[\\s\\u2003]+paused");
    browser.picture(PICTURES.resolve("steer-2-paused.png"));
    Thread.sleep(A_WHILE_MILLIS);
    assertThat(Journal.of(home).begun()).as("nothing new").isEqualTo(begun);

    fill("steered", "stop", "7");
    browser.click(DIALOG + "[data-testid=confirm-modal-button]", "Submit");
    String refused =
        browser.read("a refusal", text -> text.contains("reason: 7 is not text in quotes"));
    browser.picture(PICTURES.resolve("steer-3-refused.png"));
    assertThat(refused).as("no trace of Java").doesNotContain("dev.selfpruner");

    update("steered", "resume", "", "steer-4-resume");
    assertThat(details("steered", paused)).isNotEqualTo(paused);
    assertThat(browser.read("the details", text -> true)).doesNotContain("Paused:");
    browser.picture(PICTURES.resolve("steer-5-resumed.png"));

    update("steered", "stop", "\"seen enough\"", "steer-6-stop");
    String unusedEnd = browser.read("the end", text -> text.contains("COMPLETED"));
    String last = details("steered", paused);
    assertThat(browser.read("why", text -> text.contains("Ends early:")))
        .contains("stop: seen enough")
        .containsPattern("phase[\\s\\u2003]+finished");
    browser.picture(PICTURES.resolve("steer-7-stopped.png"));
    assertThat(last).isNotEqualTo(paused);
    assertThat(status("steered"))
        .isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED);
    assertThat(stub("steered").getResult(SearchResult.class).exhausted())
        .isEqualTo("a person's stop: seen enough");
  }

  /** Evaluations that have begun, once all have ended and no other begins. */
  private static long settled() throws Exception {
    for (int look = 0; look < MOST_LOOKS; look++) {
      Journal before = Journal.of(home);
      Thread.sleep(A_WHILE_MILLIS);
      if (before.begun() == before.ended() && before.equals(Journal.of(home))) {
        return before.begun();
      }
    }
    throw new AssertionError("evaluations go on while the search is paused");
  }

  /**
   * A search that does not end by itself. Its iterations are so large that it stays in its first
   * history: a page shows one of them, and nothing can be done to one that is over.
   */
  private static void begin(String workflowId) {
    Map<String, Object> few = Map.of("sequenceLength", 64, "windows", 8);
    var unused =
        SharedServers.client(temporal)
            .newUntypedWorkflowStub(
                "SearchWorkflow",
                WorkflowOptions.newBuilder()
                    .setTaskQueue(TaskQueues.WORKFLOW)
                    .setWorkflowId(workflowId)
                    .build())
            .start(
                Map.of(
                    "model",
                    demo.demo().model().toString(),
                    "sparsity",
                    0.3,
                    "preset",
                    "small",
                    "seed",
                    1,
                    "evolution",
                    Map.of("population", 4, "iterations", 100, "mutations", 100, "crossovers", 100),
                    "calibrationText",
                    few,
                    "searchText",
                    few,
                    "testText",
                    few));
  }

  /** Sends an update off, which is taken. */
  private static void update(String workflowId, String name, String input, String picture)
      throws Exception {
    fill(workflowId, name, input);
    browser.picture(PICTURES.resolve(picture + ".png"));
    browser.click(DIALOG + "[data-testid=confirm-modal-button]", "Submit");
    browser.awaitGone(DIALOG + "h3"); // a refusal stays in it
  }

  /** Fills in the dialog for updates. */
  private static void fill(String workflowId, String name, String input) throws Exception {
    browser.open(workflows.resolve(workflowId));
    String unused = browser.read("the timeline", text -> text.contains("Auto Refresh On"));
    browser.choose(
        "More Actions", "[data-testid=update-button]", "[data-testid=update-select-button]");
    browser.click("[data-testid=update-select-button]", "");
    browser.click(DIALOG + "li span", name);
    if (!input.isEmpty()) {
      browser.type(DIALOG + ".cm-content", input);
      browser.click(DIALOG + "h3", "Send an Update"); // leaving the editor lays its text out anew
    }
  }

  /** Fills in the form whose address is in the documentation, and sends it off. */
  private static void launch(String workflowId, String input) throws Exception {
    browser.open(workflows.resolve(FORM + workflowId));
    browser.type(".cm-content", input);
    browser.click("h1", "Start Workflow"); // leaving the editor lays its text out anew
    String unusedInput =
        browser.read("the input, laid out", text -> text.contains("\n  \"model\""));
    browser.click("[data-testid=start-workflow-button]", "Start Workflow");
    String unusedStart = browser.read("the start", text -> text.contains("started successfully"));
  }

  /** The line that says how far the search is, once it is another than {@code before}. */
  private static String details(String workflowId, String before) throws Exception {
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

  private static WorkflowExecutionStatus status(String workflowId) {
    return stub(workflowId).describe().getStatus();
  }

  private static WorkflowStub stub(String workflowId) {
    return SharedServers.client(temporal).newUntypedWorkflowStub(workflowId);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
