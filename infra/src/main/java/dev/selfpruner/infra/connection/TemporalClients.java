package dev.selfpruner.infra.connection;

import com.uber.m3.tally.NoopScope;
import com.uber.m3.tally.Scope;
import dev.selfpruner.infra.payload.KeyRing;
import dev.selfpruner.infra.payload.PayloadEncryption;
import dev.selfpruner.infra.secret.RedactingFailureConverter;
import dev.selfpruner.infra.secret.Secrets;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.interceptors.WorkflowClientInterceptor;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.util.List;

/**
 * The one place where clients of Temporal are made, so that whatever holds for all of them - what
 * encrypts, what keeps secrets back - holds for each.
 */
public final class TemporalClients {
  private final DataConverter converter;
  private final List<WorkflowClientInterceptor> interceptors;

  private TemporalClients(DataConverter converter, List<WorkflowClientInterceptor> interceptors) {
    this.converter = converter;
    this.interceptors = List.copyOf(interceptors);
  }

  /** These clients, with all that they start told to {@code interceptors}. */
  public TemporalClients with(List<WorkflowClientInterceptor> interceptors) {
    return new TemporalClients(converter, interceptors);
  }

  /** Clients whose payloads a server can read. */
  public static TemporalClients plain() {
    return new TemporalClients(readable(), List.of());
  }

  /** Clients whose payloads, messages of errors among them, a server can't read. */
  public static TemporalClients encrypting(KeyRing keys) {
    boolean messagesToo = true;
    return new TemporalClients(
        new CodecDataConverter(readable(), List.of(new PayloadEncryption(keys)), messagesToo),
        List.of());
  }

  private static DataConverter readable() {
    return DefaultDataConverter.newDefaultInstance()
        .withFailureConverter(new RedactingFailureConverter(Secrets.ofThisProcess()));
  }

  /** A connection, for the caller to close. */
  public static WorkflowServiceStubs stubs(WorkflowServiceStubsOptions options) {
    return stubs(options, new NoopScope());
  }

  /** A connection that counts what goes over it and what its workers do. */
  public static WorkflowServiceStubs stubs(WorkflowServiceStubsOptions options, Scope metrics) {
    return WorkflowServiceStubs.newServiceStubs(
        WorkflowServiceStubsOptions.newBuilder(options).setMetricsScope(metrics).build());
  }

  /** A connection without TLS to a server of this machine, for the caller to close. */
  public static WorkflowServiceStubs stubs(String target) {
    return stubs(target, new NoopScope());
  }

  /** The same, counting. */
  public static WorkflowServiceStubs stubs(String target, Scope metrics) {
    return stubs(WorkflowServiceStubsOptions.newBuilder().setTarget(target).build(), metrics);
  }

  /** A client on a connection, which stays the caller's. */
  public WorkflowClient client(WorkflowServiceStubs stubs, String namespace) {
    return WorkflowClient.newInstance(
        stubs,
        WorkflowClientOptions.newBuilder()
            .setNamespace(namespace)
            .setDataConverter(converter)
            .setInterceptors(interceptors.toArray(WorkflowClientInterceptor[]::new))
            .build());
  }
}
