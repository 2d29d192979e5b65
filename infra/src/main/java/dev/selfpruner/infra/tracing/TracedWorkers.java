package dev.selfpruner.infra.tracing;

import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;

/** Follows workflows and activities; not the answers to queries: see {@link TracedClients}. */
final class TracedWorkers extends WorkerInterceptorBase {
  private final WorkerInterceptor tracing;

  TracedWorkers(WorkerInterceptor tracing) {
    this.tracing = tracing;
  }

  @Override
  public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
    return new WorkflowInboundCallsInterceptorBase(tracing.interceptWorkflow(next)) {
      @Override
      public QueryOutput handleQuery(QueryInput input) {
        return next.handleQuery(input);
      }
    };
  }

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return tracing.interceptActivity(next);
  }
}
