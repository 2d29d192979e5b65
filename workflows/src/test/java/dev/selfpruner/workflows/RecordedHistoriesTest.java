package dev.selfpruner.workflows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.common.converter.DefaultDataConverter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Histories of workflows under way when their code is replaced. Other tests replay others. */
class RecordedHistoriesTest {
  private static final Path HISTORIES =
      Path.of("src/test/resources/dev/selfpruner/workflows/histories");

  /**
   * A replay needs the workflow's id, after which iterations are named.
   *
   * <ul>
   *   <li>a search as published with more candidates than an activity evaluates, and its iteration
   *   <li>an iteration whose candidates all fail
   *   <li>a search from an input of two fields, in a run that the server repeated
   *   <li>a search of a model so deep that its probes are named in parts and gathered
   *   <li>a search that is stopped while its iteration is being recorded
   *   <li>a search that reaches its limit of LLM tokens, paused, and is given more
   *   <li>a search that ends without a number on held-out text, and one without such a text
   * </ul>
   */
  @ParameterizedTest
  @CsvSource({
    "published-search.json, search-7f7826419bcabbf6",
    "published-iteration.json, search-7f7826419bcabbf6-iteration-01",
    "all-failed.json, search-0246733dc83b0bd9-iteration-00",
    "begun-again.json, 7bdc6a84-570b-4859-afc8-828ab14be2f8",
    "deep-search.json, search-92d3a686419177c3",
    "stopped-while-recorded.json, search-bb12ef9d5ab781e8",
    "extended-limit.json, search-4f5f1ee8b62d4157",
    "unranked.json, search-9ec90974e336bbd3",
    "unread-text.json, search-3e869d3a41df980c"
  })
  void replays(String file, String workflowId) throws IOException {
    MeasuredRun.replay(read(HISTORIES.resolve(file), workflowId));
  }

  @Test
  void everyChangeIsInOne() throws IOException {
    Set<String> recorded = new TreeSet<>();
    try (Stream<Path> files = Files.list(HISTORIES)) {
      for (Path file : files.toList()) {
        read(file, "any").getEvents().stream()
            .filter(RecordedHistoriesTest::isVersion)
            .map(RecordedHistoriesTest::change)
            .forEach(recorded::add);
      }
    }

    assertThat(recorded)
        .isEqualTo(
            Stream.of(Change.values())
                .map(Change::id)
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  private static boolean isVersion(HistoryEvent event) {
    return event.getMarkerRecordedEventAttributes().getMarkerName().equals("Version");
  }

  private static String change(HistoryEvent marker) {
    return DefaultDataConverter.STANDARD_INSTANCE.fromPayload(
        marker.getMarkerRecordedEventAttributes().getDetailsOrThrow("changeId").getPayloads(0),
        String.class,
        String.class);
  }

  private static WorkflowExecutionHistory read(Path file, String workflowId) throws IOException {
    return WorkflowExecutionHistory.fromJson(
        new String(Files.readAllBytes(file), UTF_8), workflowId);
  }
}
