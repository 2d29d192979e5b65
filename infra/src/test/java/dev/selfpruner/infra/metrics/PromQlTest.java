package dev.selfpruner.infra.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selfpruner.infra.testing.PromQl;
import org.junit.jupiter.api.Test;

class PromQlTest {
  @Test
  void findsMetricsAmongFunctionsLabelsAndWords() {
    assertThat(
            PromQl.metrics(
                "histogram_quantile(0.9, sum by (le, task_queue) (rate(a_bucket{queue=~\"x|y\"}[30m]))) > 600"
                    + " and on (instance) max(b:c) or vector(0) / d_total"))
        .containsExactly("a_bucket", "b:c", "d_total");
  }

  @Test
  void readsTheFilesThatWatch() throws Exception {
    assertThat(PromQl.ofDashboard())
        .contains("selfpruner_evaluations_total", "jvm_memory_used_bytes");
    assertThat(PromQl.ofAlerts())
        .contains("selfpruner_llm_cost_dollars_total", "temporal_worker_task_slots_available");
  }
}
