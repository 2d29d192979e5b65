package dev.selfpruner.infra.tracing;

import dev.selfpruner.infra.UserError;
import dev.selfpruner.infra.worker.WorkerListener;
import io.opentelemetry.opentracingshim.OpenTracingShim;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentracing.Tracer;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.interceptors.WorkflowClientInterceptor;
import io.temporal.failure.CanceledFailure;
import io.temporal.opentracing.OpenTracingClientInterceptor;
import io.temporal.opentracing.OpenTracingOptions;
import io.temporal.opentracing.OpenTracingWorkerInterceptor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Follows a search with Temporal's tracing, which speaks OpenTracing, and sends the spans by OTLP.
 */
public final class OtlpTracing implements Tracing {
  /** A collector that is there takes what is left at once. */
  private static final long LAST_SECONDS = 3;

  private final OpenTelemetrySdk sdk;
  private final SdkLog log;
  private final OpenTracingOptions options;

  private OtlpTracing(OpenTelemetrySdk sdk, SdkLog log) {
    this.sdk = sdk;
    this.log = log;
    Tracer tracer = OpenTracingShim.createTracerShim(sdk);
    OpenTracingOptions.Builder builder = OpenTracingOptions.newBuilder().setTracer(tracer);
    this.options =
        builder
            .setSpanBuilderProvider(new NamedSpans(builder.build().getSpanBuilderProvider()))
            .setIsErrorPredicate(OtlpTracing::isError)
            .build();
  }

  /**
   * Begins to follow. Whether anybody takes the spans is seen later, and stops nothing.
   *
   * @param troubles receives a line when spans are lost for the first time
   * @throws UserError if a setting can't be used
   */
  public static OtlpTracing start(TracingSettings settings, Consumer<String> troubles) {
    SdkLog log = SdkLog.tellingOnce(troubles);
    return new OtlpTracing(settings.sdk(), log);
  }

  /** A search that is stopped is none. */
  private static boolean isError(Throwable failure) {
    return !(failure instanceof CanceledFailure || failure instanceof ActivityCompletionException);
  }

  @Override
  public List<WorkflowClientInterceptor> clients() {
    return List.of(new TracedClients(new OpenTracingClientInterceptor(options)));
  }

  @Override
  public WorkerListener workers() {
    TracedSteps steps = new TracedSteps(sdk.getTracer("dev.selfpruner"));
    return new WorkerListener(
        steps,
        steps,
        devices -> {},
        List.of(new TracedWorkers(new OpenTracingWorkerInterceptor(options))));
  }

  @Override
  public void close() {
    if (!sdk.shutdown().join(LAST_SECONDS, TimeUnit.SECONDS).isSuccess()) {
      log.tell("nobody took the last of them within %d s".formatted(LAST_SECONDS));
    }
  }
}
