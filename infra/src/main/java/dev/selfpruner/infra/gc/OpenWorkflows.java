package dev.selfpruner.infra.gc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.Message;
import dev.selfpruner.activities.Json;
import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.connection.OpenWorkflow;
import dev.selfpruner.workflows.CompareSpec;
import dev.selfpruner.workflows.SearchSpec;
import io.temporal.api.common.v1.Payload;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.common.converter.DataConverter;
import io.temporal.payload.codec.PayloadCodec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What open workflows may still ask a store for: every digest in their histories, whatever it is of
 * - a blob, a run, a model, a calibration - and the runs that their inputs name.
 *
 * @param ids of the workflows
 * @param digests SHA-256, in hexadecimal
 * @param runs beginnings of the keys of runs, as workflows are named by them
 */
public record OpenWorkflows(List<String> ids, Set<String> digests, Set<String> runs) {
  /** Where no server has any. */
  public static final OpenWorkflows NONE = new OpenWorkflows(List.of(), Set.of(), Set.of());

  private static final Pattern DIGEST = Pattern.compile("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])");
  private static final Pattern SEARCH = Pattern.compile("search-([0-9a-f]{16})");
  private static final Set<String> READABLE =
      Set.of("json/plain", "json/protobuf", "binary/plain", "binary/protobuf", "binary/null");

  public OpenWorkflows {
    ids = List.copyOf(ids);
    digests = Set.copyOf(digests);
    runs = Set.copyOf(runs);
  }

  /**
   * Asks a server.
   *
   * @throws UserError if a history can't be read
   */
  public static OpenWorkflows of(WorkflowClient client) {
    List<String> ids = new ArrayList<>();
    Set<String> digests = new HashSet<>();
    Set<String> runs = new HashSet<>();
    List<WorkflowExecutionMetadata> open;
    try (Stream<WorkflowExecutionMetadata> listed = client.listExecutions(OpenWorkflow.QUERY)) {
      open = listed.toList();
    }
    for (WorkflowExecutionMetadata each : open) {
      String id = each.getExecution().getWorkflowId();
      ids.add(id);
      collect(SEARCH.matcher(id), matcher -> matcher.group(1), runs);
      WorkflowExecutionHistory history = client.fetchHistory(id, each.getExecution().getRunId());
      for (Payload payload : payloads(history.getHistory())) {
        String text = text(client, id, payload);
        collect(DIGEST.matcher(text), Matcher::group, digests);
        digests.addAll(runsOf(text));
      }
    }
    return new OpenWorkflows(ids, digests, runs);
  }

  /** Whether an entry's key names something that one of them may ask for. */
  boolean mention(String key) {
    Set<String> named = new HashSet<>();
    collect(DIGEST.matcher(key), Matcher::group, named);
    collect(SEARCH.matcher(key), matcher -> matcher.group(1), named);
    return named.stream().anyMatch(this::isOfOne);
  }

  private boolean isOfOne(String name) {
    return digests.contains(name) || runs.stream().anyMatch(name::startsWith);
  }

  private static void collect(
      Matcher found, Function<Matcher, String> part, Collection<String> into) {
    while (found.find()) {
      into.add(part.apply(found));
    }
  }

  /** Keys of the runs that an input describes, if it is one: a search that has only just begun. */
  private static List<String> runsOf(String text) {
    if (!text.startsWith("{")) {
      return List.of();
    }
    try {
      return List.of(Json.readStored(text.getBytes(ISO_8859_1), SearchSpec.class).key());
    } catch (IllegalArgumentException e) {
      return comparedRuns(text);
    }
  }

  private static List<String> comparedRuns(String text) {
    try {
      return Json.readStored(text.getBytes(ISO_8859_1), CompareSpec.class).searches().stream()
          .map(SearchSpec::key)
          .toList();
    } catch (IllegalArgumentException e) {
      return List.of(); // some other payload
    }
  }

  /** All payloads in a message, at any depth. */
  private static List<Payload> payloads(Message message) {
    if (message instanceof Payload payload) {
      return List.of(payload);
    }
    List<Payload> found = new ArrayList<>();
    for (Object value : message.getAllFields().values()) {
      List<?> values = value instanceof List<?> list ? list : List.of(value);
      for (Object each : values) {
        if (each instanceof Message inner) {
          found.addAll(payloads(inner));
        }
      }
    }
    return found;
  }

  private static String text(WorkflowClient client, String workflowId, Payload payload) {
    DataConverter converter = client.getOptions().getDataConverter();
    Payload plain =
        converter instanceof PayloadCodec codec ? codec.decode(List.of(payload)).get(0) : payload;
    String encoding = plain.getMetadataOrThrow("encoding").toStringUtf8();
    if (!READABLE.contains(encoding)) {
      throw new UserError(
          "the history of %s has payloads that are %s, which can't be read here, and with them what it refers to: give gc the key that the search was given"
              .formatted(workflowId, encoding));
    }
    return plain.getData().toString(ISO_8859_1);
  }
}
