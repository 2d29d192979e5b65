package dev.selfpruner.infra.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LogContextTest {
  @Test
  void readsSearchAndIterationFromAWorkflowsName() {
    assertThat(LogContext.of("search-0123-iteration-07").fields())
        .containsOnly(entry("search", "search-0123"), entry("iteration", "7"));
    assertThat(LogContext.of("search-0123").fields()).containsOnly(entry("search", "search-0123"));
  }

  @Test
  void leavesNothingBehind() {
    LogContext.Scope scope = LogContext.of("search-0123-iteration-07").enter();
    assertThat(MDC.get("iteration")).isEqualTo("7");
    scope.leave();
    assertThat(MDC.get("iteration")).isNull();
    assertThat(MDC.get("search")).isNull();
  }
}
