package dev.selfpruner.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PoliciesTest {
  @Test
  void aDeadWorkerIsNoticedInSecondsWhateverItDid() {
    SearchSpec spec = MeasuredSpecs.plain(1).spec();
    Map<String, Long> seconds = new TreeMap<>();
    try (SteeredSearch search = SteeredSearch.of(spec, new FakeBlockWorkers()).begin()) {
      assertThat(search.result().exhausted()).isEmpty();
      Stream.of(search.history(), search.iteration(0), search.iteration(1))
          .flatMap(history -> history.getEvents().stream())
          .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
          .map(HistoryEvent::getActivityTaskScheduledEventAttributes)
          .filter(each -> !each.getTaskQueue().getName().equals(TaskQueues.WORKFLOW))
          .forEach(each -> seconds.put(nameOf(each), each.getHeartbeatTimeout().getSeconds()));
    }

    assertThat(seconds)
        .hasToString(
            "{LaunchClaim=10, ModelCalibrate=30, ModelEvaluate=30, ModelMeasure=30, ModelPrune=30,"
                + " ModelWindows=30, PopulationBegin=10, PopulationConclude=10,"
                + " PopulationLatest=10, PopulationPropose=30, PopulationRecord=10}");
  }

  private static String nameOf(ActivityTaskScheduledEventAttributes activity) {
    return activity.getActivityType().getName();
  }
}
