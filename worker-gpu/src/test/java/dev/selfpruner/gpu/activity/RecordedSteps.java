package dev.selfpruner.gpu.activity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What activities' time went into. */
final class RecordedSteps implements EvaluationListener {
  private final List<Step> steps = new ArrayList<>();

  @Override
  public void ended(Outcome outcome, long tokens) {}

  @Override
  public synchronized void ended(Step step, Duration took) {
    assertThat(took).isPositive();
    steps.add(step);
  }

  /** Since this was asked last. */
  synchronized List<Step> since() {
    List<Step> since = List.copyOf(steps);
    steps.clear();
    return since;
  }
}
