package dev.selfpruner.infra.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.selfpruner.activities.search.Provider;
import dev.selfpruner.gpu.activity.EvaluationListener.Outcome;
import dev.selfpruner.gpu.engine.DeviceMemory;
import dev.selfpruner.llm.CallListener.Call;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsServerAnswersTest {
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void countsWhatWorkersDo() throws Exception {
    try (PrometheusMetrics metrics = start()) {
      metrics.workers().devices().accept(List.of(new DeviceMemory(Device.cpu(), 1 << 20)));
      metrics.workers().evaluations().ended(Outcome.DONE, 100);
      metrics.workers().evaluations().ended(Outcome.FAILED, 50);
      metrics.workers().evaluations().ended(Outcome.KNOWN, 70);
      Call call = new Call(Provider.OPENAI, "a model", Duration.ofSeconds(1));
      metrics.workers().calls().answered(call, 11, 22, 0.25);
      metrics.workers().calls().failed(call, "LlmBusy");

      assertThat(get(metrics, "/metrics").body())
          .contains(
              "selfpruner_evaluations_total{outcome=\"done\"} 1.0",
              "selfpruner_evaluations_total{outcome=\"failed\"} 1.0",
              "selfpruner_evaluation_cache_hits_total 1.0",
              "selfpruner_evaluation_tokens_total 150.0",
              "selfpruner_device_memory_budget_bytes{device=\"cpu\"} 1048576.0",
              "selfpruner_llm_calls_total{model=\"a model\",outcome=\"answered\"} 1.0",
              "selfpruner_llm_calls_total{model=\"a model\",outcome=\"LlmBusy\"} 1.0",
              "selfpruner_llm_tokens_total{direction=\"in\",model=\"a model\"} 11.0",
              "selfpruner_llm_tokens_total{direction=\"out\",model=\"a model\"} 22.0",
              "selfpruner_llm_cost_dollars_total{model=\"a model\"} 0.25");
      assertThat(get(metrics, "/metrics").body())
          .containsPattern("selfpruner_device_memory_used_bytes\\{device=\"cpu\"} (NaN|[1-9])");
    }
  }

  @Test
  void isReadyWhileWorkersTakeWork() throws Exception {
    try (PrometheusMetrics metrics = start()) {
      assertThat(get(metrics, "/healthz").statusCode()).isEqualTo(200);
      assertThat(get(metrics, "/readyz").statusCode()).isEqualTo(503);
      metrics.ready(true);
      assertThat(get(metrics, "/readyz").statusCode()).isEqualTo(200);
      metrics.ready(false);
      assertThat(get(metrics, "/readyz").statusCode()).isEqualTo(503);
      assertThat(get(metrics, "/metrics/more").statusCode()).isEqualTo(404);
      InetSocketAddress taken =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), metrics.port());
      assertThatThrownBy(() -> PrometheusMetrics.start(taken)).isInstanceOf(IOException.class);
    }
  }

  private static PrometheusMetrics start() throws IOException {
    return PrometheusMetrics.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private HttpResponse<String> get(PrometheusMetrics metrics, String path) throws Exception {
    URI address = URI.create("http://127.0.0.1:%d%s".formatted(metrics.port(), path));
    return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
  }
}
