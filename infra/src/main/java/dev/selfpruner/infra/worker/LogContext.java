package dev.selfpruner.infra.worker;

import dev.selfpruner.activities.search.EvaluationRequest;
import dev.selfpruner.activities.search.FitRequest;
import dev.selfpruner.activities.search.ProposalRequest;
import dev.selfpruner.activities.search.PruneRequest;
import io.opentelemetry.api.trace.SpanContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/**
 * What lines of the log, and spans, are about.
 *
 * @param fields by their names: {@code search}, {@code iteration}, {@code candidate}, {@code
 *     trace_id}
 */
public record LogContext(Map<String, String> fields) {
  static final LogContext NONE = new LogContext(Map.of());

  /** As iterations are named: see {@code Policies}. */
  private static final Pattern ITERATION = Pattern.compile("(.+)-iteration-0*(\\d+)");

  /** A batch of probes has 64. */
  private static final int MOST_CANDIDATES = 10;

  public LogContext {
    fields = Map.copyOf(fields);
  }

  /** Of a workflow: an iteration, or whatever started it. */
  public static LogContext of(String workflowId) {
    Matcher iteration = ITERATION.matcher(workflowId);
    return iteration.matches()
        ? new LogContext(Map.of("search", iteration.group(1), "iteration", iteration.group(2)))
        : new LogContext(Map.of("search", workflowId));
  }

  /** What an activity's input says besides. */
  LogContext with(Object[] arguments) {
    Map<String, String> all = new LinkedHashMap<>(fields);
    for (Object argument : arguments) {
      if (argument instanceof EvaluationRequest request) {
        all.put("candidate", some(request.ids()));
      } else if (argument instanceof PruneRequest request) {
        all.put("candidate", request.id());
      } else if (argument instanceof FitRequest request) {
        all.put("candidate", request.id());
      } else if (argument instanceof ProposalRequest request) {
        all.put("iteration", Integer.toString(request.iteration()));
      }
    }
    return new LogContext(all);
  }

  /** With the trace that a span belongs to, if it belongs to one. */
  LogContext with(SpanContext span) {
    if (!span.isValid()) {
      return this;
    }
    Map<String, String> all = new LinkedHashMap<>(fields);
    all.put("trace_id", span.getTraceId());
    return new LogContext(all);
  }

  /** The fields as spans have them: {@code selfpruner.search}, ... */
  public Map<String, String> attributes() {
    Map<String, String> attributes = new LinkedHashMap<>();
    fields.forEach((name, value) -> attributes.put("selfpruner." + name, value));
    return attributes;
  }

  private static String some(List<String> ids) {
    return ids.size() <= MOST_CANDIDATES
        ? String.join(",", ids)
        : "%s and %d more"
            .formatted(
                String.join(",", ids.subList(0, MOST_CANDIDATES)), ids.size() - MOST_CANDIDATES);
  }

  /** Holds for this thread until it is left. */
  Scope enter() {
    List<MDC.MDCCloseable> entered = new ArrayList<>();
    fields.forEach((name, value) -> entered.add(MDC.putCloseable(name, value)));
    return () -> entered.forEach(MDC.MDCCloseable::close);
  }

  /** A part of a thread's time. */
  interface Scope {
    void leave();
  }
}
