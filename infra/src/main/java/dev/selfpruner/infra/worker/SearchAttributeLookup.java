package dev.selfpruner.infra.worker;

import dev.selfpruner.workflows.SearchAttributes;
import dev.selfpruner.workflows.ServerActivities;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the server that a client is connected to which search attributes it knows. */
public final class SearchAttributeLookup implements ServerActivities {
  private static final Logger LOG = LoggerFactory.getLogger(SearchAttributeLookup.class);

  /** Less than the activity's own time, so that a server that doesn't answer is one without. */
  private static final long SECONDS = 10;

  private final WorkflowClient client;

  public SearchAttributeLookup(WorkflowClient client) {
    this.client = client;
  }

  @Override
  public List<String> searchAttributes() {
    OperatorServiceStubs stubs =
        OperatorServiceStubs.newServiceStubs(
            OperatorServiceStubsOptions.newBuilder(client.getWorkflowServiceStubs().getOptions())
                .build());
    try {
      return ours(
          stubs
              .blockingStub()
              .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
              .listSearchAttributes(
                  ListSearchAttributesRequest.newBuilder()
                      .setNamespace(client.getOptions().getNamespace())
                      .build())
              .getCustomAttributesMap());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
        throw e; // it is back in a moment
      }
      LOG.warn("the server doesn't say which search attributes it knows: none are told", e);
      return List.of();
    } finally {
      stubs.shutdownNow();
    }
  }

  private static List<String> ours(Map<String, IndexedValueType> known) {
    return SearchAttributes.types().entrySet().stream()
        .filter(ours -> ours.getValue().equals(name(known.get(ours.getKey()))))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** As Temporal's CLI calls a type; empty where it is none of ours, or none. */
  private static String name(IndexedValueType type) {
    if (type == null) {
      return "";
    }
    return switch (type) {
      case INDEXED_VALUE_TYPE_KEYWORD -> "Keyword";
      case INDEXED_VALUE_TYPE_DOUBLE -> "Double";
      case INDEXED_VALUE_TYPE_INT -> "Int";
      default -> "";
    };
  }
}
