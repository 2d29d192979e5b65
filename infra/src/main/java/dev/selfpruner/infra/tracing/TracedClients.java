package dev.selfpruner.infra.tracing;

import io.temporal.common.interceptors.WorkflowClientCallsInterceptor;
import io.temporal.common.interceptors.WorkflowClientCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowClientInterceptor;
import io.temporal.common.interceptors.WorkflowClientInterceptorBase;

/** Follows what clients start; not their queries, as a progress line asks every second. */
final class TracedClients extends WorkflowClientInterceptorBase {
  private final WorkflowClientInterceptor tracing;

  TracedClients(WorkflowClientInterceptor tracing) {
    this.tracing = tracing;
  }

  @Override
  public WorkflowClientCallsInterceptor workflowClientCallsInterceptor(
      WorkflowClientCallsInterceptor next) {
    return new WorkflowClientCallsInterceptorBase(tracing.workflowClientCallsInterceptor(next)) {
      @Override
      public <R> QueryOutput<R> query(QueryInput<R> input) {
        return next.query(input);
      }
    };
  }
}
