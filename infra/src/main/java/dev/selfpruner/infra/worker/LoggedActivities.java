package dev.selfpruner.infra.worker;

import io.opentelemetry.api.trace.Span;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each activity's end, and has every line that is logged in between say which search,
 * iteration and candidates it is about. Temporal's SDK adds the workflow, its run, and the
 * activity. A span around it says the same.
 */
final class LoggedActivities extends WorkerInterceptorBase {
  private static final Logger LOG = LoggerFactory.getLogger(LoggedActivities.class);

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new Logged(next);
  }

  private static final class Logged extends ActivityInboundCallsInterceptorBase {
    private LogContext context = LogContext.NONE;
    private long attempt = 1;

    private Logged(ActivityInboundCallsInterceptor next) {
      super(next);
    }

    @Override
    public void init(ActivityExecutionContext execution) {
      context = LogContext.of(execution.getInfo().getWorkflowId());
      attempt = execution.getInfo().getAttempt();
      super.init(execution);
    }

    @Override
    public ActivityOutput execute(ActivityInput input) {
      long start = System.nanoTime();
      Span span = Span.current(); // one that takes nothing, where nobody traces
      LogContext about = context.with(input.getArguments());
      about.attributes().forEach(span::setAttribute);
      span.setAttribute("selfpruner.attempt", attempt);
      LogContext.Scope scope = about.with(span.getSpanContext()).enter();
      try {
        ActivityOutput output = super.execute(input);
        LOG.info("done in {} s", seconds(start));
        return output;
      } catch (RuntimeException e) {
        LOG.info("ended after {} s with {}", seconds(start), e.toString());
        throw e;
      } finally {
        scope.leave();
      }
    }

    private static String seconds(long start) {
      return String.format(Locale.ROOT, "%.1f", (System.nanoTime() - start) / 1e9);
    }
  }
}
